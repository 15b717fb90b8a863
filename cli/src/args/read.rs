//! From the words that were typed to a command, or to a sentence that says what is wrong with them.

use super::{Arguments, later};
use crate::output::Failure;
use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::{OsStr, OsString};

/// What was asked for.
pub(crate) enum Asked {
    /// A command.
    Command(Box<Arguments>),
    /// Text to be shown: help, version.
    Text(String),
    /// Nothing that can be done; whether JSON was asked for.
    Wrong(Failure, bool),
}

/// Reads a command line; the first word is the program's name.
pub(crate) fn read(argv: &[OsString]) -> Asked {
    let json = argv.iter().take_while(|word| *word != "--").any(|word| word == "--json");
    match Arguments::try_parse_from(with_cleared_flags(argv)) {
        Ok(arguments) => Asked::Command(Box::new(arguments)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Asked::Text(error.render().to_string()),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                Asked::Wrong(
                    Failure::usage("command", "say what to do; satchel --help lists the commands"),
                    json,
                )
            }
            _ => Asked::Wrong(wrong(&error), json),
        },
    }
}

fn wrong(error: &clap::Error) -> Failure {
    let word = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) => word.as_str(),
        _ => "",
    };
    if let Some(sentence) = later::sentence(word) {
        return Failure::usage("command", sentence);
    }
    let text = error.render().to_string();
    // What clap says first, up to its empty line, is the sentence; usage and tips follow.
    let first: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let sentence = first.join(" ");
    let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
    Failure::usage("command", format!("{sentence}; see satchel --help"))
}

/// `flag 3 -seen` in a form that clap can tell from options: `flag 3 --clear=seen`.
fn with_cleared_flags(argv: &[OsString]) -> Vec<OsString> {
    let mut words = argv.to_vec();
    let Some(at) = command_at(argv).filter(|at| argv.get(*at).is_some_and(|word| word == "flag")) else {
        return words;
    };
    for word in words.iter_mut().skip(at + 1).take_while(|word| *word != "--") {
        let cleared = word
            .to_str()
            .and_then(|w| w.strip_prefix('-'))
            .filter(|w| !w.is_empty() && !w.starts_with('-') && *w != "h");
        if let Some(name) = cleared {
            *word = format!("--clear={name}").into();
        }
    }
    words
}

/// Where the command's name stands: the first word that is neither an option nor an option's value.
fn command_at(argv: &[OsString]) -> Option<usize> {
    let takes_value =
        |word: &OsStr| ["--home", "--log", "--credential-store"].iter().any(|option| word == *option);
    let mut value_follows = false;
    for (index, word) in argv.iter().enumerate().skip(1) {
        if value_follows {
            value_follows = false;
        } else if takes_value(word) {
            value_follows = true;
        } else if !word.to_string_lossy().starts_with('-') {
            return Some(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command};
    use clap::CommandFactory;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_commands_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn flags_with_a_minus_are_no_options() {
        let line = words("satchel --home flag flag 3 4 +seen -flagged -$junk --json");
        let Asked::Command(asked) = read(&line) else { panic!("not read") };
        let Command::Flag { words, clear } = asked.command else { panic!("not flag") };
        assert_eq!(words, ["3", "4", "+seen"]);
        assert_eq!(clear, ["flagged", "$junk"]);
        assert!(asked.global.json);
    }

    #[test]
    fn commands_of_later_versions_say_so_and_are_not_listed() {
        let help = Arguments::command().render_long_help().to_string();
        for word in [
            "discover",
            "advise",
            "draft",
            "compose",
            "send",
            "outbox",
            "background",
            "convert",
            "import",
            "export",
        ] {
            let Asked::Wrong(failure, _) = read(&words(&format!("satchel {word} x"))) else {
                panic!("{word} was taken")
            };
            assert!(failure.to_string().contains("comes with a later version"), "{failure}");
            assert_eq!(failure.exit_code(), 2);
            assert!(!help.contains(&format!("\n  {word} ")), "{word} is listed");
        }
        let Asked::Wrong(failure, _) = read(&words("satchel account login 1")) else {
            panic!("login was taken")
        };
        assert!(failure.to_string().contains("later version"), "{failure}");
    }

    #[test]
    fn what_is_wrong_is_one_line() {
        for line in [
            "satchel",
            "satchel lst",
            "satchel list",
            "satchel list x",
            "satchel list 1 --limit 0",
            "satchel show 1 --raw --text",
        ] {
            let Asked::Wrong(failure, json) = read(&words(line)) else { panic!("{line} was taken") };
            assert_eq!(failure.exit_code(), 2);
            assert!(!failure.to_string().contains('\n'), "{failure}");
            assert!(!json);
        }
        assert!(matches!(read(&words("satchel lst --json")), Asked::Wrong(_, true)));
    }
}
