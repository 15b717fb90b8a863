//! ENVELOPE (RFC 3501 §7.4.2).

use super::address::{parse_addresses, write_addresses};
use super::fields::Fields;
use super::quote::nstring;

/// Writes the ten fields of an envelope, in parentheses.
pub(crate) fn write_envelope(out: &mut Vec<u8>, header: &[u8]) {
    let fields = Fields::new(header);
    out.push(b'(');
    nstring(out, fields.first("Date").as_deref());
    out.push(b' ');
    nstring(out, fields.first("Subject").as_deref());
    let list =
        |name: &str| -> Vec<_> { fields.all(name).flat_map(|value| parse_addresses(&value)).collect() };
    let from = list("From");
    out.push(b' ');
    write_addresses(out, &from);
    for name in ["Sender", "Reply-To"] {
        out.push(b' ');
        let own = list(name);
        write_addresses(out, if own.is_empty() { &from } else { &own });
    }
    for name in ["To", "Cc", "Bcc"] {
        out.push(b' ');
        write_addresses(out, &list(name));
    }
    for name in ["In-Reply-To", "Message-ID"] {
        out.push(b' ');
        nstring(out, fields.first(name).as_deref());
    }
    out.push(b')');
}
