//! Bodies of every make, each behind an attachment so large that the message is read part by part.

use crate::phone::mail_with;
use satchel_core::client::MessageContent;
use satchel_core::message::Part;

/// What stands before a large attachment, as one part, and words its text must hold.
pub const SAMPLES: &[(&str, &str, &[&str])] = &[
    ("one text", "Content-Type: text/plain; charset=utf-8\n\nJust this.\n", &["Just this."]),
    (
        "two texts around a picture",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nBefore it.\n--i\nContent-Type: image/png; name=p.png\nContent-Transfer-Encoding: base64\n\nQUJD\n--i\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nCaf=E9 after it.\n--i--\n",
        &["Before it.", "Café after it."],
    ),
    (
        "flowed lines",
        "Content-Type: text/plain; charset=utf-8; format=flowed\n\nThis paragraph \nis one line.\n\n> quoted \n> too\n-- \nBob\n",
        &["This paragraph is one line.", "> quoted too"],
    ),
    (
        "flowed lines, the space dropped",
        "Content-Type: text/plain; charset=utf-8; Format=\"Flowed\"; DelSp=Yes\n\nDonau \ndampf\n",
        &["Donaudampf"],
    ),
    (
        "OpenPGP in the text",
        "Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
        &["BEGIN PGP MESSAGE"],
    ),
    (
        "an encrypted part beside a text",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nSee below.\n--i\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=e\n\n--e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--e\nContent-Type: application/octet-stream; name=encrypted.asc\n\nxx\n--e--\n--i--\n",
        &["See below."],
    ),
    (
        "signed data of S/MIME beside a text",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nOpaque.\n--i\nContent-Type: application/pkcs7-mime; smime-type=Signed-Data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nQUJD\n--i--\n",
        &["Opaque."],
    ),
    (
        "a forwarded message with its own files",
        "Content-Type: message/rfc822\n\nSubject: inner\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=n\n\n--n\nContent-Type: text/plain; format=flowed\n\nInner \ntext.\n--n\nContent-Type: text/plain; name=second.txt\n\nsecond\n--n\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*=utf-8''caf%C3%A9.pdf\n\nx\n--n--\n",
        &["Inner text."],
    ),
    (
        "a forwarded message behind a text",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nLook at this.\n--i\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Type: text/plain\n\nNot shown.\n--i--\n",
        &["Look at this."],
    ),
    (
        "an invitation alone",
        "Content-Type: text/calendar; charset=utf-8; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Board meeting\nDTSTART:20260105T100000Z\nEND:VEVENT\nEND:VCALENDAR\n",
        &["Board meeting"],
    ),
    (
        "an invitation beside an empty text",
        "Content-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\n\n--i\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Lunch\nDTSTART:20260105T100000Z\nEND:VEVENT\nEND:VCALENDAR\n--i--\n",
        &["Lunch"],
    ),
    (
        "text and HTML with a picture of its own",
        "Content-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\nPlain words.\n--i\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>Rich words <img src=\"cid:p@x\"></p>\n--r\nContent-Type: image/png\nContent-ID: <p@x>\nContent-Transfer-Encoding: base64\n\nQUJD\n--r--\n--i--\n",
        &["Plain words."],
    ),
    (
        "a picture shown although it is called an attachment",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>See <img src=\"cid:q@x\"></p>\n--i\nContent-Type: image/png; name=q.png\nContent-Disposition: attachment; filename=q.png\nContent-ID: <q@x>\nContent-Transfer-Encoding: base64\n\nQUJD\n--i--\n",
        &["See"],
    ),
    (
        "HTML between plain texts",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain\n\nFirst <b>.\n--i\nContent-Type: text/html\n\n<p>Second</p>\n--i\nContent-Type: text/plain\n\nThird.\n--i--\n",
        &["First <b>.", "Second", "Third."],
    ),
    (
        "an empty text beside HTML",
        "Content-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\n \n--i\nContent-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: base64\n\nPHA+RnJvbSB0aGUgSFRNTDwvcD4=\n--i--\n",
        &["From the HTML"],
    ),
    (
        "texts that are files",
        "Content-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: text/plain; name=first.txt\n\nThe body all the same.\n--i\nContent-Type: text/plain; name=\"=?utf-8?q?l=C3=B6g.txt?=\"\n\nlog\n--i\nContent-Type: text/plain\nContent-Disposition: attachment\n\nattached\n--i\nContent-Type: text/x-diff\n\n+a\n--i--\n",
        &["The body all the same."],
    ),
    (
        "signed by OpenPGP",
        "Content-Type: multipart/signed; boundary=i; protocol=\"application/pgp-signature\"\n\n--i\nContent-Type: text/plain\n\nSigned words.\n--i\nContent-Type: application/pgp-signature; name=signature.asc\n\nx\n--i--\n",
        &["Signed words."],
    ),
    (
        "a delivery report",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=i\n\n--i\nContent-Type: text/plain\n\nIt did not arrive.\n--i\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n--i\nContent-Type: message/rfc822\n\nSubject: lost\n\nThe lost one.\n--i--\n",
        &["It did not arrive."],
    ),
    (
        "a digest",
        "Content-Type: multipart/digest; boundary=i\n\n--i\n\nSubject: one\n\nFirst letter.\n--i\n\nSubject: two\n\nSecond letter.\n--i--\n",
        &["First letter."],
    ),
];

/// The sample with an attachment that makes the message too large to be fetched whole when it is opened.
pub fn large(subject: &str, sample: &str) -> Vec<u8> {
    let line = format!("{}\n", "QUJD".repeat(19));
    let body = format!(
        "--big\n{sample}\n--big\nContent-Type: application/octet-stream; name=large.bin\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n{}--big--\n",
        line.repeat(2_500)
    );
    let header = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=big\r\n";
    mail_with(subject, header, &body.replace('\n', "\r\n"))
}

/// All that is said of the parts. Servers name a charset where none was written, and one of the encodings that change
/// nothing for another.
fn parts(message: &MessageContent) -> Vec<Part> {
    let part = |part: &Part| {
        let plain = ["7bit", "8bit", "binary"].contains(&part.encoding.as_str());
        let encoding = if plain { "8bit".to_owned() } else { part.encoding.clone() };
        let charset = part.charset.clone().filter(|c| c != "us-ascii");
        Part { charset, encoding, size: 0, ..part.clone() }
    };
    message.parts.iter().map(|a| part(&a.part)).collect()
}

/// A message read by parts against the whole one.
///
/// # Panics
/// If they differ.
pub fn same(name: &str, by_parts: &MessageContent, whole: &MessageContent) {
    assert_eq!(by_parts.text, whole.text, "{name}");
    assert_eq!(by_parts.html, whole.html, "{name}");
    assert_eq!(by_parts.encrypted, whole.encrypted, "{name}");
    assert_eq!(parts(by_parts), parts(whole), "{name}");
    let sizes = |message: &MessageContent| message.parts.iter().map(|a| a.part.size).collect::<Vec<_>>();
    let (announced, counted) = (sizes(by_parts), sizes(whole));
    // Courier counts the line end before a boundary as the part's.
    let near = announced.iter().zip(&counted).all(|(a, b)| a.abs_diff(*b) <= 2);
    assert!(near, "{name}: sizes {announced:?} {counted:?}");
}
