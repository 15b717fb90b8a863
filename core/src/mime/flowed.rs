//! Paragraphs of text/plain with format=flowed put together again (RFC 3676).

/// Joins lines that end in a space with the next of the same quote depth. `delsp` drops that space.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut flowing = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let is_signature = content == "-- ";
        if flowing == Some(depth) && !is_signature {
            if delsp {
                out.pop();
            }
        } else {
            if !out.is_empty() {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        out.push_str(content);
        flowing = (content.ends_with(' ') && !is_signature).then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined_and_signatures_are_not() {
        let text = "one \ntwo\n\n> quoted \n> more\n>> deeper\n-- \nBo";
        assert_eq!(unflow(text, false), "one two\n\n> quoted more\n>> deeper\n-- \nBo");
        assert_eq!(unflow("日本 \n語", true), "日本語");
        assert_eq!(unflow(" > stuffed", false), "> stuffed");
    }
}
