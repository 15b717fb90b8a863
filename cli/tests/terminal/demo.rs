//! The demo runs to its end, by itself, and leaves nothing behind.

use crate::bench::Home;

fn demo(home: &Home, words: &[&str]) -> (i32, String, String) {
    let output = home.command(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn left_behind(home: &Home) -> usize {
    std::fs::read_dir(home.folder.path()).unwrap().count()
}

#[test]
fn the_demo_walks_the_main_job_to_its_end() {
    let home = Home::new();
    let (code, out, err) = demo(&home, &["demo"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for word in [
        "$ satchel account add",
        "$ satchel sync",
        "$ satchel show",
        "$ satchel attachment get",
        "$ satchel --offline move",
        "second-device",
        "satchel --help",
    ] {
        assert!(out.contains(word), "{word}: {out}");
    }
    assert_eq!(left_behind(&home), 0);
}

#[test]
fn the_demo_answers_programs_in_one_document_and_keeps_what_it_is_asked_to_keep() {
    let home = Home::new();
    let (code, out, _) = demo(&home, &["--json", "demo", "--keep"]);
    assert_eq!(code, 0, "{out}");
    let steps: serde_json::Value = serde_json::from_str(&out).unwrap();
    let steps = steps["steps"].as_array().unwrap();
    assert!(steps.len() >= 20 && steps.iter().all(|step| step["ok"] == true), "{steps:#?}");
    assert_eq!(left_behind(&home), 1);
}
