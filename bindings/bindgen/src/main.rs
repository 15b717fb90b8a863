//! The generator of the shells' side of the boundary, at the version the library was built with.
//!
//! Beside uniffi's own commands: `listing LIBRARY` prints all that the library exports, `fingerprint LIBRARY` the short
//! hash of that, `undocumented LIBRARY` what of it lacks a word.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints what it was asked for")]
mod docs;
mod listing;

use std::path::Path;
use std::process::ExitCode;

use sha2::{Digest as _, Sha256};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    let answer = match words.as_slice() {
        ["listing", library] => listing::of_library(Path::new(library)),
        ["fingerprint", library] => {
            listing::of_library(Path::new(library)).map(|text| fingerprint(&text) + "\n")
        }
        ["undocumented", library] => {
            docs::lacking(Path::new(library)).map(|lines| lines.into_iter().map(|line| line + "\n").collect())
        }
        _ => {
            uniffi::uniffi_bindgen_main();
            return ExitCode::SUCCESS;
        }
    };
    match answer {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("satchel-bindgen: {why}");
            ExitCode::FAILURE
        }
    }
}

/// As the library tells of itself: the first 16 hexadecimal digits.
fn fingerprint(listing: &str) -> String {
    let hash = Sha256::digest(listing);
    let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
    format!("{:016x}", u64::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_the_beginning_of_the_hash() {
        // `printf abc | sha256sum`
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea");
    }
}
