//! The selection and return options of extended LIST (RFC 5258, RFC 5819, RFC 6154).

use super::session::ImapSession;
use super::status::StatusItem;
use super::{Grammar, Refuse};
use crate::features::Extension;

#[derive(Debug, Default)]
pub(crate) struct Select {
    pub(crate) subscribed: bool,
    pub(crate) special_use: bool,
    pub(crate) recursive: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Return {
    pub(crate) subscribed: bool,
    pub(crate) children: bool,
    pub(crate) special_use: bool,
    pub(crate) status: Vec<StatusItem>,
}

impl ImapSession {
    pub(crate) fn list_selection(&self, grammar: &mut Grammar<'_>) -> Result<Select, Refuse> {
        let mut select = Select::default();
        let extended = self.features.has(Extension::ListExtended);
        let special = self.features.has(Extension::SpecialUse);
        grammar.list(|grammar| {
            match grammar.word()?.as_str() {
                "SUBSCRIBED" if extended => select.subscribed = true,
                "RECURSIVEMATCH" if extended => select.recursive = true,
                "REMOTE" if extended => {}
                "SPECIAL-USE" if special => select.special_use = true,
                _ => return Err(Refuse::bad("Unknown LIST selection option")),
            }
            Ok(())
        })?;
        if select.recursive && !select.subscribed {
            return Err(Refuse::bad("RECURSIVEMATCH needs another selection option"));
        }
        Ok(select)
    }

    pub(crate) fn list_return(&self, grammar: &mut Grammar<'_>) -> Result<Return, Refuse> {
        let features = &self.features;
        if !grammar.eat_word("RETURN") {
            return Err(Refuse::bad("Unknown LIST argument"));
        }
        grammar.space()?;
        let mut wanted = Return::default();
        grammar.list(|grammar| {
            match grammar.word()?.as_str() {
                "SUBSCRIBED" if features.has(Extension::ListExtended) => wanted.subscribed = true,
                "CHILDREN" if features.has(Extension::ListExtended) => wanted.children = true,
                "SPECIAL-USE" if features.has(Extension::SpecialUse) => wanted.special_use = true,
                "STATUS" if features.has(Extension::ListStatus) => {
                    grammar.space()?;
                    wanted.status = self.status_items(grammar)?;
                }
                _ => return Err(Refuse::bad("Unknown LIST return option")),
            }
            Ok(())
        })?;
        Ok(wanted)
    }
}
