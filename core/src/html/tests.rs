//! What strangers try, against what comes out: read again by another tokenizer than our own.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::*;

/// Collects the tags of a document.
#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();
    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.0.borrow_mut().push(tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => {
                panic!("a comment or a declaration came through")
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.take()
}

/// Fails unless the document is one that can only show text, and ask for nothing.
fn assert_safe(source: &str, safe: &SafeHtml, remote: RemoteContent) {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(&safe.html) {
        let name = tag.name.to_string();
        assert!(tame::ELEMENTS_KEPT.contains(&name.as_str()), "<{name}> from {source}\n{}", safe.html);
        if tag.kind == TagKind::EndTag {
            assert_eq!(open.pop(), Some(name), "not balanced: {source}\n{}", safe.html);
            continue;
        }
        if !["br", "hr", "img", "col", "wbr"].contains(&name.as_str()) {
            open.push(name.clone());
        }
        for attribute in &tag.attrs {
            let (key, value) = (attribute.name.local.to_string(), attribute.value.to_string());
            assert_attribute(&name, &key, &value, remote, source);
        }
    }
    assert!(open.is_empty(), "left open {open:?}: {source}\n{}", safe.html);
}

fn assert_attribute(element: &str, key: &str, value: &str, remote: RemoteContent, source: &str) {
    let scheme = value.split(':').next().unwrap_or_default();
    let fine = match (element, key) {
        ("a", "href") => ["http", "https", "mailto", "tel"].contains(&scheme) && value.contains(':'),
        ("a", "rel") => value == "noreferrer noopener nofollow",
        ("img", "src") => {
            scheme == "cid" || (remote == RemoteContent::Allow && ["http", "https"].contains(&scheme))
        }
        (_, "style") => {
            let lower = value.to_ascii_lowercase();
            !["url", "expression", "import", "position", "\\", "/*", "@", "var(", "image", "content"]
                .iter()
                .any(|bad| lower.contains(bad))
        }
        _ => policy::is_kept(element, key) && !key.starts_with("on"),
    };
    assert!(fine, "{element} {key}={value:?} from {source}");
}

fn safe(html: &str) -> SafeHtml {
    let safe = sanitize(html, RemoteContent::Hold);
    assert_safe(html, &safe, RemoteContent::Hold);
    assert_safe(html, &sanitize(html, RemoteContent::Allow), RemoteContent::Allow);
    safe
}

/// Published ways past filters (OWASP, PortSwigger, Cure53, html5sec) in the shapes they are known in.
const VECTORS: [&str; 104] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=http://x.example/x.js></SCRIPT>",
    "<script/x>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    "<<script>alert(1);//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<img src=`javascript:alert(1)`>",
    "<img src=\"javascript:alert(1)\">",
    "<img src=data:image/svg+xml;base64,PHN2Zy8+>",
    "<img dynsrc=http://x.example/a lowsrc=http://x.example/b>",
    "<img srcset=\"http://x.example/a 1x, http://y.example/b 2x\">",
    "<picture><source srcset=http://x.example/a><img src=http://x.example/b></picture>",
    "<body onload=alert(1)>",
    "<body background=http://x.example/a>",
    "<body/onload=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) />",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<svg><image href=http://x.example/a /></svg>",
    "<svg><use href=http://x.example/a#b /></svg>",
    "<svg><style>*{background:url(http://x.example/)}</style></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) />",
    "<svg><foreignObject><iframe src=http://x.example/></foreignObject></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><a xlink:href=javascript:alert(1)>x</a></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mtext><mglyph><svg><mtext><style><path id=\"</style><img onerror=alert(1) src>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<title><a title=\"</title><img src=x onerror=alert(1)>\">",
    "<textarea><a title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<noembed><img title=\"</noembed><img src=x onerror=alert(1)>\"></noembed>",
    "<noframes><img title=\"</noframes><img src=x onerror=alert(1)>\"></noframes>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\">",
    "<iframe src=http://x.example/>",
    "<frameset><frame src=http://x.example/></frameset>",
    "<object data=http://x.example/a></object>",
    "<object data=javascript:alert(1)>",
    "<embed src=http://x.example/a>",
    "<embed src=data:text/html,<script>alert(1)</script>>",
    "<applet code=x archive=http://x.example/a></applet>",
    "<video src=http://x.example/a poster=http://x.example/b onerror=alert(1)></video>",
    "<audio src=http://x.example/a autoplay></audio>",
    "<video><source onerror=alert(1) src=http://x.example/a></video>",
    "<track src=http://x.example/a>",
    "<bgsound src=http://x.example/a>",
    "<link rel=stylesheet href=http://x.example/a>",
    "<link rel=prefetch href=http://x.example/a>",
    "<link rel=dns-prefetch href=//x.example>",
    "<meta http-equiv=refresh content=\"0;url=http://x.example/\">",
    "<meta http-equiv=refresh content=\"0;javascript:alert(1)\">",
    "<meta http-equiv=Set-Cookie content=a=b>",
    "<base href=http://x.example/><a href=a>x</a>",
    "<style>@import 'http://x.example/a';</style>",
    "<style>body{background:url(http://x.example/a)}</style>",
    "<style>@font-face{font-family:x;src:url(http://x.example/a)}</style>",
    "<style></style><img src=x onerror=alert(1)></style>",
    "<p style=\"background:url(http://x.example/a)\">x</p>",
    "<p style=\"background:url(&quot;http://x.example/a&quot;)\">x</p>",
    "<p style=\"background:\\75rl(http://x.example/a)\">x</p>",
    "<p style=\"list-style:url(http://x.example/a)\">x</p>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<p style=\"-moz-binding:url(http://x.example/a#b)\">x</p>",
    "<p style=\"position:fixed;top:0;left:0;width:100%;height:100%\">x</p>",
    "<p style='color:red;background:image-set(\"http://x.example/a\" 1x)'>x</p>",
    "<p style=\"--a:url(http://x.example/a);background:var(--a)\">x</p>",
    "<div style=\"color:red\" style=\"background:url(x)\" onclick=alert(1)>x</div>",
    "<table background=http://x.example/a><tr><td background=http://x.example/b>x</td></tr></table>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a href=\"&#0000106&#0000097&#0000118&#0000097&#0000115&#0000099&#0000114&#0000105&#0000112&#0000116&#58alert(1)\">x</a>",
    "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
    "<a href=\" &#14;  javascript:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"file:///etc/passwd\">x</a>",
    "<a href=\"intent://x#Intent;scheme=x;end\">x</a>",
    "<a href=\"//x.example/a\" ping=http://x.example/p>x</a>",
    "<a href=http://x.example onclick=alert(1) target=_blank rel=opener>x</a>",
    "<a href=\"mailto:a@b.c?subject=x&attach=/etc/passwd&bcc=e@f.g\">x</a>",
    "<form action=http://x.example/><input name=p type=password><button formaction=javascript:alert(1)>x</button></form>",
    "<input type=image src=http://x.example/a onfocus=alert(1) autofocus>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<p id=cookie name=body class=x contenteditable onblur=alert(1)>x</p>",
    "<p title='\"><script>alert(1)</script>'>x</p>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]><?xml <img src=x onerror=alert(1)>?>",
];

#[test]
fn no_vector_comes_through() {
    let mut shown = String::new();
    for vector in VECTORS {
        let result = safe(vector);
        assert!(!result.html.contains("alert(1)") || !result.html.contains("<script"), "{vector}");
        // Inside other elements and after broken ones the same must hold.
        for around in [
            "<table>",
            "<p title=\"",
            "<!--",
            "<select><option>",
            "<svg>",
            "<a href='",
            "<ul><li>",
            "\0<b\0>",
        ] {
            safe(&[around, vector, "--> after"].concat());
            safe(&[vector, around, vector].concat());
        }
        let held: Vec<String> =
            result.held_back.iter().map(|h| format!("{:?} {} {}", h.kind, h.host, h.count)).collect();
        shown.extend([vector, "\n  -> ", &result.html, "\n  held back: ", &held.join(", "), "\n"]);
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_newsletter_stays_readable() {
    let html = "<html><head><title>t</title><style>p{color:red}</style></head><body bgcolor=#eeeeee text=black>\
        <table width=600 cellpadding=0 align=center><tr><td style='padding:10px;font-family:Arial, sans-serif'>\
        <h1 class=x>News &amp; more</h1><p>Dear <b>Ann</b>,<p>see <a href='https://shop.example/a?b=1&amp;c=2'>our shop</a> \
        <img src='cid:logo@x' alt=Logo width=100><img src='http://track.example/p.gif' width=1 height=1>\
        <ul><li>one<li>two</ul><blockquote>said<br>before</blockquote><font color=red face=Arial>red</font></table></body></html>";
    let result = safe(html);
    insta::assert_snapshot!(format!("{}\n---\n{:#?}\n{:#?}", result.html, result.held_back, result.links));
    assert_eq!(result.held_back_count(), 1);
    assert!(!result.truncated);
    let allowed = sanitize(html, RemoteContent::Allow);
    assert!(allowed.html.contains("http://track.example/p.gif"));
    assert_eq!(allowed.held_back_count(), 0);
}

#[test]
fn html_becomes_text_a_person_can_read() {
    let cases = [
        "<p>One</p><p>Two<br>lines &amp; more&nbsp;&euro;</p>",
        "<ul><li>a<li>b<ul><li>c</ul></ul><ol><li>x</li><li>y</li></ol>after",
        "<blockquote>quoted<p>twice<blockquote>deeper</blockquote></blockquote>answer",
        "<a href='https://x.example/long?q=1'>Click</a> and <a href=https://x.example/>https://x.example</a> and <a href=#a>here</a>",
        "<pre>  keep\n    this</pre>not   this",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "<style>p{}</style><script>x()</script><title>t</title><!-- c -->text<img alt='A cat' src=x><hr>end",
        "one<div><div><div>two</div></div></div><div><br></div><div>three</div>",
        "\u{200b}\u{200c}pre\u{ad}view &zwnj;&#8203; text",
        "a &lt;b&gt; <3 c < d",
        "",
    ];
    let shown: Vec<String> = cases.iter().map(|html| format!("{html}\n=>\n{}", to_text(html))).collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn the_list_of_elements_is_sorted_for_searching() {
    assert!(tame::ELEMENTS_KEPT.is_sorted());
}

#[test]
fn mailto_links_lose_what_works_against_the_person() {
    let result = safe("<a href='mailto:a@b.c?Subject=hi&attach=/x&BCC=e@f.g&body=b'>x</a>");
    assert_eq!(result.links[0].href, "mailto:a@b.c?Subject=hi&body=b");
}

#[test]
fn content_ids_are_found_for_the_list_of_attachments() {
    let ids = referenced_ids(
        "<img src='cid:a@x'><IMG SRC=\"CID:b%40x\"><td background=' cid:c@x'><img alt=cid: src=x>",
    );
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["", "a@x", "b@x", "c@x"]);
}

/// Makes it safe on the stack a phone's thread may have; whether it was cut.
fn on_a_small_stack(what: &'static str, html: String) -> bool {
    let work = move || {
        let start = Instant::now();
        let result = sanitize(&html, RemoteContent::Hold);
        assert_safe(what, &result, RemoteContent::Hold);
        to_text(&html);
        referenced_ids(&html);
        assert!(start.elapsed() < Duration::from_secs(25), "{what}: {:?}", start.elapsed());
        assert!(result.html.len() < 5_000_000, "{what} grew to {}", result.html.len());
        result.truncated
    };
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap();
    thread.join().unwrap_or_else(|_| panic!("{what}"))
}

#[test]
fn documents_made_to_hurt_are_cut() {
    assert!(on_a_small_stack("10 MB of text", "<p>word ".repeat(10_000_000 / 8)));
    assert!(on_a_small_stack("a thousand levels", "<div>".repeat(1_000)));
    for element in ["div", "b", "ul><li", "a href=http://x.example", "table><tr><td"] {
        let html = ["<", element, ">"].concat().repeat(1_000_000);
        on_a_small_stack("a million nested elements", html);
    }
    on_a_small_stack("a million ends", ["<div>".repeat(200), "</div></p></b>".repeat(400_000)].concat());
}

#[test]
fn costly_documents_stay_cheap() {
    let many = |piece: &str| piece.repeat(3_000_000 / piece.len());
    let formats: String =
        (0..5_000).flat_map(|i| ["<b id=".to_owned(), i.to_string(), ">".to_owned()]).collect();
    let attributes: String = (0..300_000).flat_map(|i| [" a".to_owned(), i.to_string()]).collect();
    let cases = [
        ["<p>", &formats, &many("</p><p>x")].concat(),
        ["<table>", &many("x<b></b>")].concat(),
        ["<table>", &many("<a>x")].concat(),
        ["<div", &attributes, ">x"].concat(),
        many("<a href='"),
        many("<!--"),
        many("<!-- >"),
        many("</"),
        many("<script>"),
        many("<style>url(</style>"),
        many("&amp"),
        many("&#x"),
        many("<p style='url('>"),
        many("<img srcset='http://a.example,http://b.example'>"),
        many("<ul><li>a<blockquote>"),
        many("<a href=http://x.example>y"),
        many("<td>"),
        many("\u{200b}"),
        ["<b><i><u><s><a href=http://x.example>", &many("<li><p>x")].concat(),
        ["<p style=\"", &many("a:b;"), "\">x"].concat(),
        ["<a href=\"http://", &many("x."), "\">x"].concat(),
    ];
    for html in cases {
        let start = Instant::now();
        let result = sanitize(&html, RemoteContent::Hold);
        to_text(&html);
        let shown: String = html.chars().take(60).collect();
        assert!(start.elapsed() < Duration::from_secs(12), "{shown}: {:?}", start.elapsed());
        assert!(result.html.len() < 20_000_000, "{shown} grew to {}", result.html.len());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn pieces_in_any_order_are_safe(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<", ">", "/", "\"", "'", "=", " ", "<script>", "</script>", "<style>", "</style>", "<svg>", "<math>", "<mtext>",
            "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<a href=", "javascript:", "http://x.example", "<img src=",
            "onerror=alert(1)", "style=", "url(", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&#106;", "\0", "<title>",
            "</title>", "<b>", "</b>", "<li>", "<ul>", "<select>", "<option>", "<template>", "<noscript>", "text", "é",
            "<caption>", "<col>", "<form>", "<textarea>", "<h1>", "<dd>", "</br>", "<br/>", "<body bgcolor=", "<font color=",
        ]), 0..40),
    ) {
        let html = pieces.concat();
        let result = safe(&html);
        to_text(&html);
        // What is safe stays as it is when it is cleaned again.
        let again = sanitize(&result.html, RemoteContent::Hold);
        assert_safe(&result.html, &again, RemoteContent::Hold);
    }
}
