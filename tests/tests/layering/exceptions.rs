//! What the shells may say against a rule: by file and word, each with its reason. One that is not needed any more is a break.

/// A file, the word it may have, and why.
pub(crate) const ALLOWED: &[(&str, &str, &str)] = &[
    (
        "android/ui/src/samples/kotlin/org/satchel/ui/SampleRecords.kt",
        "IMAP",
        "the core's record has the protocol of an account, and a sample is such a record",
    ),
    (
        "android/ui/src/desktop/kotlin/org/satchel/ui/desktop/DesktopDemo.kt",
        "runBlocking",
        "a program's main function, before and after its window; no main thread waits yet or any more",
    ),
    (
        "android/app/src/main/kotlin/org/satchel/app/Opening.kt",
        "runBlocking",
        "a home that was half joined is closed on the thread that opened it, which is never the main one",
    ),
];

/// Whether this word may stand in this file.
pub(crate) fn allowed(path: &str, word: &str) -> bool {
    ALLOWED.iter().any(|(file, allowed, _)| *file == path && *allowed == word)
}
