//! Hostile and honest bytes through the lexer.

use super::*;
use proptest::prelude::*;

struct Keep {
    wanted: bool,
    bytes: Vec<u8>,
    largest: usize,
}
impl Sink for Keep {
    fn wants(&mut self, head: &[u8], _: u64) -> bool {
        self.wanted && head.ends_with(b"BODY[1] ")
    }
    fn chunk(&mut self, bytes: &[u8]) {
        self.largest = self.largest.max(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }
}

fn small() -> Limits {
    Limits {
        line: 200,
        literal: 100,
        frame: 400,
        literals: 5,
        drain: 2_000,
        long_line: 400,
        ..Limits::default()
    }
}

fn all(framer: &mut Framer, mut input: &[u8]) -> Result<Vec<Frame>, Fatal> {
    let mut frames = Vec::new();
    while !input.is_empty() {
        let (used, frame) = framer.feed(input, &mut None)?;
        input = &input[used..];
        frames.extend(frame);
    }
    Ok(frames)
}

fn whole(frames: &[Frame]) -> Vec<String> {
    frames
        .iter()
        .map(|f| match f {
            Frame::Whole(r) => String::from_utf8_lossy(&r.bytes).into_owned(),
            Frame::Rejected(r) => format!("rejected {:?} {}", r.why, r.size),
        })
        .collect()
}

fn read(limits: Limits, input: &[u8]) -> Result<Vec<String>, Fatal> {
    all(&mut Framer::new(limits), input).map(|f| whole(&f))
}

#[test]
fn literals_belong_to_their_response() {
    let input = b"* 1 FETCH (BODY[] {5}\r\na\r\nb) UID 1)\r\n* OK done\r\n";
    assert_eq!(
        read(Limits::default(), input).unwrap(),
        ["* 1 FETCH (BODY[] {5}\r\na\r\nb) UID 1)", "* OK done"]
    );
}

#[test]
fn a_literal_in_a_status_text_is_text() {
    let input =
        b"* OK see {5}\r\nA1 NO [ALERT] {99999999999999999999}\r\n+ {3}\r\n* BYE {4+}\r\n<html {7}\r\n";
    let frames = read(Limits::default(), input).unwrap();
    assert_eq!(frames.len(), 5);
    assert_eq!(frames[0], "* OK see {5}");
}

#[test]
fn impossible_literals_are_clean_errors() {
    type Want = Result<&'static [&'static str], Fatal>;
    let table: &[(&[u8], Want)] = &[
        (b"* 1 FETCH (BODY[] {99999999999999999999}\r\n", Err(Fatal::LiteralSize)),
        (b"* 1 FETCH (BODY[] {18446744073709551615}\r\n", Err(Fatal::LiteralSize)),
        (b"* 1 FETCH (BODY[] {4294967295}\r\nabc", Err(Fatal::Drain)),
        (b"* 1 FETCH (BODY[] {-1}\r\n* OK go on\r\n", Ok(&["rejected BadLiteral 24", "* OK go on"])),
        (b"* 1 FETCH (BODY[] {}\r\n* OK go on\r\n", Ok(&["rejected BadLiteral 22", "* OK go on"])),
        (b"* 1 FETCH (BODY[] {0}\r\n)\r\n", Ok(&["* 1 FETCH (BODY[] {0}\r\n)"])),
        (b"* LIST () \"/\" {x}\r\n", Ok(&["* LIST () \"/\" {x}"])),
        (b"* LIST () \"/\" \"a {3}\r\nabc\r\n", Err(Fatal::LiteralInQuote)),
        (b"* LIST () \"/\" \"a\\\" {3}\r\nabc\r\n", Err(Fatal::LiteralInQuote)),
        (b"* LIST () \"/\" \"a\\\\\" {3}\r\nabc\r\n", Ok(&["* LIST () \"/\" \"a\\\\\" {3}\r\nabc"])),
        (b"* 1 FETCH (BINARY[1] ~{3}\r\n\0\r\n)\r\n", Ok(&["* 1 FETCH (BINARY[1] ~{3}\r\n\0\r\n)"])),
    ];
    for (input, want) in table {
        let got = read(small(), input);
        assert_eq!(got, want.map(|w| w.iter().map(|s| (*s).to_owned()).collect()), "{input:?}");
    }
}

#[test]
fn an_unasked_large_literal_is_set_aside_and_the_session_lives() {
    let mut input = b"* 1 FETCH (BODY[1] {500}\r\n".to_vec();
    input.extend(vec![b'x'; 500]);
    input.extend_from_slice(b" BODY[2] {7}\r\n* OK hi UID 7)\r\n* OK after\r\n");
    assert_eq!(read(small(), &input).unwrap(), ["rejected LiteralTooLarge 556", "* OK after"]);
}

#[test]
fn an_asked_for_literal_streams_and_is_never_whole_in_memory() {
    let size = 10 << 20;
    let mut framer = Framer::new(Limits::default());
    let mut keep = Keep { wanted: true, bytes: Vec::new(), largest: 0 };
    let head = format!("* 1 FETCH (UID 5 BODY[1] {{{size}}}\r\n");
    let chunk = vec![b'z'; 32 << 10];
    let feed = |framer: &mut Framer, bytes: &[u8], keep: &mut Keep| {
        let mut sink: Option<&mut dyn Sink> = Some(keep);
        framer.feed(bytes, &mut sink).unwrap()
    };
    feed(&mut framer, head.as_bytes(), &mut keep);
    for _ in 0..size / chunk.len() {
        feed(&mut framer, &chunk, &mut keep);
        assert!(framer.now.bytes.capacity() < 1_000);
    }
    let (_, frame) = feed(&mut framer, b")\r\n", &mut keep);
    let Some(Frame::Whole(response)) = frame else { panic!("{frame:?}") };
    assert_eq!(response.literals.len(), 1);
    assert!(response.literals[0].streamed && response.bytes.ends_with(b"\r\n)"));
    assert_eq!((keep.bytes.len(), keep.largest), (size, chunk.len()));
}

#[test]
fn what_is_too_long_is_set_aside_with_its_literals() {
    let long = "y".repeat(500);
    let table: &[(String, &str)] = &[
        (format!("* LIST () {long} {{4}}\r\nab\r\n rest\r\n"), "rejected LineTooLong 527"),
        (
            format!(
                "* 1 FETCH (A {{90}}\r\n{0} B {{90}}\r\n{0} C {{90}}\r\n{0} D {{90}}\r\n{0} E {{90}}\r\n{0})\r\n",
                "w".repeat(90)
            ),
            "rejected FrameTooLarge 508",
        ),
        (format!("* 1 FETCH ({})\r\n", "A {1}\r\nx ".repeat(9)), "rejected TooManyLiterals 95"),
        ("\r\n".to_owned(), "rejected Empty 2"),
        (format!("* SEARCH 1 {{3}}\r\nabc{}\r\n", " 2".repeat(150)), "rejected LineTooLong 321"),
    ];
    for (input, want) in table {
        let input = format!("{input}* OK after\r\n");
        assert_eq!(read(small(), input.as_bytes()).unwrap(), [*want, "* OK after"], "{input}");
    }
}

#[test]
fn what_is_set_aside_hides_no_literal_in_an_open_quote() {
    let input = format!("* LIST () \"/\" \"{} {{3}}\r\nabc\r\n", "a".repeat(300));
    assert_eq!(read(small(), input.as_bytes()), Err(Fatal::LiteralInQuote));
    let closed = format!("* LIST () \"/\" \"{}\" {{3}}\r\nabc\r\n", "a".repeat(300));
    assert_eq!(read(small(), closed.as_bytes()).unwrap(), ["rejected LineTooLong 327"]);
}

#[test]
fn beyond_the_drain_limit_the_connection_fails_and_forgiveness_is_per_flight() {
    let line = format!("* LIST () {}\r\n", "y".repeat(900));
    let mut framer = Framer::new(small());
    for _ in 0..2 {
        assert_eq!(all(&mut framer, line.as_bytes()).unwrap().len(), 1);
    }
    framer.forgive();
    for _ in 0..2 {
        assert_eq!(all(&mut framer, line.as_bytes()).unwrap().len(), 1);
    }
    assert_eq!(all(&mut framer, line.as_bytes()), Err(Fatal::Drain));
}

#[test]
fn a_million_uids_in_one_search_line_come_in_pieces_and_linear_time() {
    let mut input = b"* SEARCH".to_vec();
    for n in 0..1_000_000u32 {
        input.extend_from_slice(format!(" {}", n * 3 + 1).as_bytes());
    }
    input.extend_from_slice(b"\r\n* OK after\r\n");
    let mut framer = Framer::new(Limits::default());
    let (mut count, mut largest, mut rest) = (0, 0, input.as_slice());
    let mut last = String::new();
    while !rest.is_empty() {
        let (used, frame) = framer.feed(&rest[..rest.len().min(1_460)], &mut None).unwrap();
        rest = &rest[used..];
        if let Some(Frame::Whole(r)) = frame {
            largest = largest.max(r.bytes.len());
            last = String::from_utf8(r.bytes).unwrap();
            if let Some(numbers) = last.strip_prefix("* SEARCH ") {
                count += numbers.split(' ').filter(|n| n.parse::<u32>().is_ok()).count();
            }
        }
    }
    assert_eq!((count, last.as_str()), (1_000_000, "* OK after"));
    assert!(largest < 70_000, "{largest}");
    assert!(framer.examined <= 2 * input.len() as u64, "{} of {}", framer.examined, input.len());
}

#[test]
fn many_literals_and_deep_parentheses_survive_a_small_stack() {
    let run = || {
        let literals = format!("* 1 FETCH ({})\r\n", "A {1}\r\nx ".repeat(9_999));
        let deep = format!("* 1 FETCH (BODY {}{})\r\n", "(".repeat(100_000), ")".repeat(100_000));
        let frames = read(Limits::default(), format!("{literals}{deep}").as_bytes()).unwrap();
        assert_eq!(frames.len(), 2);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

/// Bytes that look like responses more often than chance would have it.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"* 1 FETCH (BODY[1] ".to_vec()),
        Just(b"* OK text ".to_vec()),
        Just(b"* SEARCH 1 2 3 4 5 6 7 8 9".to_vec()),
        Just(b"A1 OK ".to_vec()),
        Just(b"{3}\r\n".to_vec()),
        Just(b"{150}\r\n".to_vec()),
        Just(b"{-1}\r\n".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\\".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(vec![b'x'; 120]),
        proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn where_the_network_cuts_makes_no_difference(input in wire(), cuts in proptest::collection::vec(1usize..40, 1..60)) {
        let mut at_once = Framer::new(small());
        let want = all(&mut at_once, &input);
        let mut framer = Framer::new(small());
        let mut got = Ok(Vec::new());
        let mut rest = input.as_slice();
        let mut sizes = cuts.iter().cycle();
        while let (false, Ok(frames)) = (rest.is_empty(), &mut got) {
            let n = rest.len().min(*sizes.next().unwrap());
            match all(&mut framer, &rest[..n]) {
                Ok(more) => frames.extend(more),
                Err(fatal) => got = Err(fatal),
            }
            rest = &rest[n..];
        }
        prop_assert_eq!(got, want);
    }
}
