//! Messages whose structure servers must agree on.
//!
//! A closing boundary is followed by an empty line: to whom the line end before the next boundary belongs,
//! Dovecot and RFC 2046 do not agree.

/// Name and octets of each message.
pub fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let texts: [(&'static str, &'static str); 16] = [
        ("plain", PLAIN),
        ("alternative with attachment", ALTERNATIVE),
        ("message in a message", FORWARDED),
        ("encoded words", ENCODED),
        ("groups and routes", GROUPS),
        ("no header at all", "\n\nbody only\n"),
        ("no body", "From: a@example.org\nSubject: no body\n\n"),
        ("folded header", FOLDED),
        ("digest", DIGEST),
        ("every extension field", EXTENDED),
        ("boundary prefix", PREFIX),
        ("no closing boundary", UNCLOSED),
        ("empty parts", EMPTY),
        ("last line unfinished", "Subject: unfinished\n\none\ntwo"),
        ("several addresses", ADDRESSES),
        ("nested multiparts", NESTED),
    ];
    texts.into_iter().map(|(name, text)| (name, text.replace('\n', "\r\n").into_bytes())).collect()
}

const PLAIN: &str = "From: Ann Example <ann@example.org>
To: bob@example.com
Subject: Lunch on Friday
Date: Fri, 2 Jan 2026 11:22:33 +0100
Message-ID: <plain@example.org>
In-Reply-To: <before@example.com>
References: <first@example.com> <before@example.com>

Shall we meet at noon?
.
..dots
";

const ALTERNATIVE: &str = "From: ann@example.org
To: Bob <bob@example.com>, \"C, D\" <cd@example.com>
Cc: eve@example.net
Subject: With an attachment
Date: Sat, 3 Jan 2026 01:02:03 -0800
Message-ID: <mixed@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+SGk8L3A+
--inner--

--outer
Content-Type: application/pdf; name=\"report one.pdf\"
Content-Disposition: attachment; filename=\"report one.pdf\"; size=3
Content-Transfer-Encoding: base64
Content-ID: <part2@example.org>
Content-Description: the report

AAEC
--outer--
epilogue
";

const FORWARDED: &str = "From: ann@example.org
Subject: Fwd
Message-ID: <fwd@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

see below
--b
Content-Type: message/rfc822
Content-Disposition: inline

From: carl@example.net
To: ann@example.org
Subject: The original
Message-ID: <orig@example.net>
Date: Thu, 1 Jan 2026 00:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

inner text
--c
Content-Type: text/html

<b>inner</b>
--c--

--b--
";

const ENCODED: &str = "From: =?utf-8?Q?J=C3=BCrgen?= <j@example.org>
To: =?iso-8859-1?Q?Andr=E9?= <andre@example.org>
Subject: =?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_aus_K=C3=B6ln?=
Message-ID: <encoded@example.org>
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9
";

const GROUPS: &str = "From: ann@example.org (Ann in a comment)
To: Team: bob@example.com, Carl <carl@example.com>;, dora@example.com
Cc: undisclosed-recipients:;
Subject: groups
Message-ID: <groups@example.org>

x
";

const FOLDED: &str = "From: ann@example.org
To: one@example.org,
 two@example.org,
\tthree@example.org
Subject: a subject
 on two lines
Message-ID:
 <folded@example.org>
X-Long: aaaa
 bbbb
\tcccc

x
";

const DIGEST: &str = "From: ann@example.org
Subject: digest
MIME-Version: 1.0
Content-Type: multipart/digest; boundary=d

--d

From: one@example.org
Subject: first

1
--d

From: two@example.org
Subject: second

2
--d--
";

const EXTENDED: &str = "From: ann@example.org
Subject: extension fields
MIME-Version: 1.0
Content-Type: text/plain; charset=\"us-ascii\"; x-odd=\"a \\\"quoted\\\" b\"
Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
Content-Disposition: inline
Content-Language: en, de
Content-Location: http://example.org/x
Content-ID: <id@example.org>
Content-Description: a description
Content-Transfer-Encoding: 7bit

x
";

const PREFIX: &str = "From: ann@example.org
Subject: prefix
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=bound

--bound
Content-Type: multipart/alternative; boundary=bound2

--bound2

inner one
--bound2

inner two
--bound2--

--bound

outer
--bound--
";

const UNCLOSED: &str = "From: ann@example.org
Subject: unclosed
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=u

--u
Content-Type: text/plain

first
--u
Content-Type: text/html

<p>second
";

const EMPTY: &str = "From: ann@example.org
Subject: empty parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=e

--e
Content-Type: text/plain

--e
Content-Type: image/png

--e--
";

const ADDRESSES: &str = "From: \"Quoted \\\"Name\\\"\" <quoted@example.org>
Sender: sender@example.org
Reply-To: reply@example.org, Second <second@example.org>
To: <angle@example.org>, plain@example.org, Dotted Q. Name <dot.ted@example.org>
Bcc: hidden@example.org
Subject: addresses
Date: 2 Jan 2026 00:00 GMT

x
";

const NESTED: &str = "From: ann@example.org
Subject: nested
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=n1

--n1
Content-Type: multipart/related; boundary=n2; type=\"text/html\"

--n2
Content-Type: multipart/alternative; boundary=n3

--n3
Content-Type: text/plain

deep
--n3--

--n2
Content-Type: image/gif
Content-ID: <img>
Content-Disposition: inline; filename=a.gif

GIF
--n2--

--n1--
";
