//! The raw header block: where it ends, its fields one by one, and unfolding (RFC 5322 §2.2).

/// One header field as it stands in the block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'a> {
    /// Name without the colon and without white space around it.
    pub name: &'a [u8],
    /// Everything after the colon, folded, with its line ends.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether the field has this name (names have no case).
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Fields of a header block, up to the first empty line or the end. Lines that are no field are passed over.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

/// Reads the fields of a block, which may be a whole message.
pub(super) fn fields(block: &[u8]) -> Fields<'_> {
    Fields { rest: block }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            let first = line_length(self.rest);
            let line = self.rest.get(..first)?;
            if line.is_empty() || is_blank(line) {
                self.rest = &[];
                return None;
            }
            let mut end = first;
            while self.rest.get(end).is_some_and(|b| matches!(b, b' ' | b'\t')) {
                let more = self.rest.get(end..).unwrap_or_default();
                // A line of nothing but white space is folded in, never the end of the block.
                end += line_length(more);
            }
            let (field, rest) = self.rest.split_at(end);
            self.rest = rest;
            let Some(colon) = line.iter().position(|b| *b == b':') else { continue };
            let name = line.get(..colon).unwrap_or_default().trim_ascii();
            if name.is_empty() || name.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
                continue;
            }
            return Some(Field { name, value: field.get(colon + 1..).unwrap_or_default() });
        }
    }
}

/// Length of the first line, its line feed counted.
pub(super) fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1)
}

/// Whether the line is only a line end.
pub(super) fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n" | b"\r")
}

/// The value with folding undone: line ends and runs of white space become one space, the ends are trimmed.
/// At most `limit` bytes come out.
pub(super) fn unfold(value: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len().min(limit).min(1_024));
    let mut gap = false;
    for &byte in value {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            gap = !out.is_empty();
            continue;
        }
        if out.len() + usize::from(gap) >= limit {
            break;
        }
        if gap {
            out.push(b' ');
            gap = false;
        }
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(block: &str) -> Vec<(String, String)> {
        fields(block.as_bytes())
            .map(|f| {
                let value = unfold(f.value, 1_000);
                (String::from_utf8(f.name.to_vec()).unwrap(), String::from_utf8(value).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_block_is_read_whatever_its_line_ends_and_junk() {
        let expect = vec![("A".to_owned(), "1 2".to_owned()), ("B".to_owned(), "x".to_owned())];
        for block in [
            "A: 1\r\n 2\r\nB: x\r\n\r\nC: body",
            "A: 1\n\t2\nB: x\n\nC: body",
            "A : 1\n 2\nB:x",
            "From mbox Thu Jan  1\nA: 1\n 2\nno field here\nB: x\n",
            "A: 1\n   \n 2\nB: x\n\n",
        ] {
            assert_eq!(pairs(block), expect, "{block:?}");
        }
        assert!(pairs("\r\nA: body").is_empty());
        assert!(pairs("").is_empty());
    }
}
