//! Inline styles reduced to properties that only colour, size and space what is there.

/// Longest style attribute that is read, in bytes.
const LIMIT: usize = 8 * 1024;
/// Longest value of one property.
const VALUE: usize = 200;

/// Properties that stay. Nothing here positions, overlays, transforms, animates or generates content.
const PROPERTIES: [&str; 66] = [
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "caption-side",
    "clear",
    "color",
    "direction",
    "display",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-wrap",
];

/// Functions a value may call: colours.
const FUNCTIONS: [&str; 4] = ["rgb", "rgba", "hsl", "hsla"];

/// Keeps the harmless declarations of a style attribute.
pub(super) fn clean(style: &str) -> String {
    let mut kept = String::new();
    if style.len() > LIMIT {
        return kept;
    }
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let property = property.trim().to_ascii_lowercase();
        let value = value.trim();
        if PROPERTIES.contains(&property.as_str()) && is_harmless(value) {
            if !kept.is_empty() {
                kept.push(';');
            }
            kept.push_str(&property);
            kept.push(':');
            kept.push_str(value);
        }
    }
    kept
}

/// A value of words, numbers, quoted font names and colours. Everything CSS can escape with (backslash, comment, at
/// sign, other functions) is refused, and so is a minus before a number: it moves things over others.
fn is_harmless(value: &str) -> bool {
    if value.is_empty() || value.len() > VALUE || !value.is_ascii() {
        return false;
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b" #%.,()'\"!-/_+".contains(&b);
    if !value.bytes().all(allowed) || value.contains("//") || value.contains("/*") || value.contains('+') {
        return false;
    }
    let negative = value.split([' ', ',', '(', '/']).any(|word| word.starts_with('-'));
    let quotes_close = ['"', '\''].iter().all(|q| value.matches(*q).count() % 2 == 0);
    !negative && quotes_close && functions_are_colours(value)
}

fn functions_are_colours(value: &str) -> bool {
    let mut open = 0_i32;
    let mut word_from = 0;
    for (at, c) in value.char_indices() {
        match c {
            '(' => {
                let name = value.get(word_from..at).unwrap_or_default().to_ascii_lowercase();
                if open > 0 || !FUNCTIONS.contains(&name.as_str()) {
                    return false;
                }
                open += 1;
                word_from = at + 1;
            }
            ')' => {
                open -= 1;
                word_from = at + 1;
            }
            ' ' | ',' | '/' | '\'' | '"' => word_from = at + 1,
            _ => {}
        }
        if open < 0 {
            return false;
        }
    }
    open == 0
}

/// What a style or a style sheet would load: the insides of `url(…)` and the string of `@import`, at most 100.
pub(super) fn references(css: &str) -> impl Iterator<Item = &str> {
    let before = |at: usize, word: &str| {
        at.checked_sub(word.len())
            .and_then(|from| css.get(from..at))
            .is_some_and(|w| w.eq_ignore_ascii_case(word))
    };
    css.char_indices()
        .filter_map(move |(at, c)| match c {
            '(' if before(at, "url") => css.get(at + 1..)?.split(')').next(),
            '"' | '\'' if before(at, "@import ") => css.get(at + 1..)?.split(c).next(),
            _ => None,
        })
        .take(100)
        .map(|inside| inside.trim().trim_matches(['\'', '"']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_declarations_stay() {
        for (style, expect) in [
            ("color:red", "color:red"),
            ("COLOR : #FFF ; ", "color:#FFF"),
            (
                "font-family:\"Segoe UI\", Arial;margin:0 auto",
                "font-family:\"Segoe UI\", Arial;margin:0 auto",
            ),
            ("color:rgba(1, 2, 3, .5)", "color:rgba(1, 2, 3, .5)"),
            ("width:100%!important", "width:100%!important"),
            ("background:url(http://x.example/a.png)", ""),
            ("background:#fff url(x)", ""),
            ("background-image:url(x);color:red", "color:red"),
            ("background:u\\72l(x)", ""),
            ("background:u/**/rl(x)", ""),
            ("background:image-set('http://x.example/a' 1x)", ""),
            ("background:'http://x.example/a'", ""),
            ("width:expression(alert(1))", ""),
            ("color:var(--x)", ""),
            ("position:fixed;top:0;z-index:9;color:red", "color:red"),
            ("margin-top:-500px", ""),
            ("margin:0 -5px", ""),
            ("-moz-binding:url(x)", ""),
            ("behavior:url(x)", ""),
            ("content:'x'", ""),
            ("@import 'x'", ""),
            ("color:red}body{color:blue", ""),
            ("font-family:'open", ""),
            ("color:rgb(1,2", ""),
            ("color:\u{ff52}ed", ""),
            ("list-style-image:url(x)", ""),
            ("", ""),
        ] {
            assert_eq!(clean(style), expect, "{style}");
        }
    }

    #[test]
    fn references_are_found_for_counting() {
        let css = "a{background:URL( 'http://x.example/a' )} b{src:url(//y.example/b)} c{width:calc(1)} @import 'http://z.example/c';";
        assert_eq!(
            references(css).collect::<Vec<_>>(),
            ["http://x.example/a", "//y.example/b", "http://z.example/c"]
        );
    }
}
