//! Commands of the contract that do not exist yet: whoever types one is told so, in a sentence.

/// What to say about a command, key or word that comes with a later version.
pub(super) fn sentence(word: &str) -> Option<String> {
    let (what, until) = match word {
        "discover" => {
            ("finding a provider's servers by the address", "give them with account add --incoming URL")
        }
        "advise" => ("advice on IMAP or POP", "choose with account add --protocol imap or pop"),
        "login" => {
            ("logging in anew (and by OAuth)", "remove the account and add it again to change its password")
        }
        "draft" | "compose" => ("writing mail", "this version reads and sorts mail"),
        "send" | "outbox" => ("sending mail", "this version reads and sorts mail"),
        "background" => ("background slices", "use sync --deadline SECONDS"),
        "convert" => {
            ("switching an account between IMAP and POP", "add a second account for the other protocol")
        }
        "import" | "export" => ("import and export", "show --raw gives the exact bytes of a message"),
        _ => return None,
    };
    Some(format!("{word} comes with a later version ({what}); until then: {until}"))
}
