//! The words of the full-text index and of a query: cut the same way, so that what is indexed is found.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text as it goes into the full-text index: words separated by one space. Compatibility forms are normalised
/// (NFKC), marks are dropped, and runs of scripts without spaces between words (Chinese, Japanese, Korean, Thai …)
/// become overlapping pairs and the last character by itself: `日本語` is `日本 本語 語`. Lower case and diacritics are
/// left to the tokenizer (FTS5 `unicode61`), which finds no separator inside a word of this.
pub fn index_text(text: &str) -> String {
    if text.is_ascii() {
        return ascii_words(text);
    }
    index_any_text(text)
}

/// The same for ASCII, which has nothing to normalise: most text, and many times faster.
fn ascii_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn index_any_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    each_word(text, |word| {
        let separate = |out: &mut String| {
            if !out.is_empty() {
                out.push(' ');
            }
        };
        match word {
            Word::Spaced(word) => {
                separate(&mut out);
                out.push_str(word);
            }
            Word::Run(run) => {
                for pair in run.windows(2) {
                    separate(&mut out);
                    out.extend(pair);
                }
                separate(&mut out);
                out.extend(run.last());
            }
        }
    });
    out
}

/// The same for a query: an FTS5 expression that is safe to bind to MATCH, every token quoted, all of them wanted:
/// `Foo-bar 日本語` is `"Foo" "bar" "日本" "本語"`; a single such character is a prefix (`"語"*`). No phrase occurs in
/// it (`detail=column` has none). Empty if the text has no word.
pub fn search_tokens(text: &str) -> String {
    let mut out = String::new();
    let mut token = |token: &mut dyn Iterator<Item = char>, suffix: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push('"');
        out.extend(token);
        out.push('"');
        out.push_str(suffix);
    };
    each_word(text, |word| match word {
        Word::Spaced(word) => token(&mut word.chars(), ""),
        Word::Run([single]) => token(&mut [*single].into_iter(), "*"),
        Word::Run(run) => run.windows(2).for_each(|pair| token(&mut pair.iter().copied(), "")),
    });
    out
}

enum Word<'a> {
    /// Letters and digits between separators.
    Spaced(&'a str),
    /// Characters of a script without spaces.
    Run(&'a [char]),
}

/// Cuts text into words.
fn each_word(text: &str, mut take: impl FnMut(Word<'_>)) {
    let mut spaced = String::new();
    let mut run: Vec<char> = Vec::new();
    for c in text.nfkc() {
        let unspaced = is_unspaced(c);
        let mark = is_combining_mark(c);
        if mark {
            continue;
        }
        if !unspaced && !run.is_empty() {
            take(Word::Run(&run));
            run.clear();
        }
        if (unspaced || !is_letter(c)) && !spaced.is_empty() {
            take(Word::Spaced(&spaced));
            spaced.clear();
        }
        if unspaced {
            run.push(c);
        } else if is_letter(c) {
            spaced.push(c);
        }
    }
    if !run.is_empty() {
        take(Word::Run(&run));
    }
    if !spaced.is_empty() {
        take(Word::Spaced(&spaced));
    }
}

/// Letters and digits as FTS5's `unicode61` sees them. Those it takes for separators (New Tai Lue vowels, letters in
/// black circles and squares) have to be separators here: a word it cuts in two becomes a phrase, and the index has none.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(c, '\u{19b0}'..='\u{19c9}' | '\u{1cf2}' | '\u{1cf3}' | '\u{1f150}'..='\u{1f189}')
}

/// Letters of scripts that put no spaces between words, or glue particles to them.
fn is_unspaced(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(c,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
            | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{3105}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_takes_the_short_way_to_the_same_words() {
        let every: String = (0..128u8).map(char::from).collect();
        for text in ["", " ", "a", "Foo-bar_baz  42\r\n<x@y.org>", "don't", "\u{0}a\u{7f}b", every.as_str()] {
            assert_eq!(ascii_words(text), index_any_text(text), "{text:?}");
        }
    }

    #[test]
    fn index_and_query_agree() {
        for (text, index, query) in [
            ("Foo-bar, x@y.z!", "Foo bar x y z", "\"Foo\" \"bar\" \"x\" \"y\" \"z\""),
            ("日本語", "日本 本語 語", "\"日本\" \"本語\""),
            ("語", "語", "\"語\"*"),
            ("abc日本x", "abc 日本 本 x", "\"abc\" \"日本\" \"x\""),
            ("ｶﾀｶﾅ Ｆｕｌｌ", "カタ タカ カナ ナ Full", "\"カタ\" \"タカ\" \"カナ\" \"Full\""),
            ("한국어", "한국 국어 어", "\"한국\" \"국어\""),
            ("cafe\u{301} café", "café café", "\"café\" \"café\""),
            ("\"* OR NEAR(", "OR NEAR", "\"OR\" \"NEAR\""),
            ("日\u{300}本。語", "日本 本 語", "\"日本\" \"語\"*"),
            (" \u{0} -- ", "", ""),
        ] {
            assert_eq!(index_text(text), index, "{text}");
            assert_eq!(search_tokens(text), query, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_indexed_is_found(text in "([a-zé]{1,5}|[日本語한국]{1,5}| |\\PC){0,20}") {
            let index = index_text(&text);
            let words: Vec<&str> = index.split(' ').collect();
            for token in search_tokens(&text).split(' ').filter(|t| !t.is_empty()) {
                let found = match token.strip_suffix('*') {
                    Some(prefix) => words.iter().any(|w| w.starts_with(prefix.trim_matches('"'))),
                    None => words.contains(&token.trim_matches('"')),
                };
                proptest::prop_assert!(found, "{token} in {index}");
            }
        }
    }
}
