//! The internet as far as a mail program asks it, in memory: names by the `Resolver` port, pages by the `Http` port.

pub mod names;
pub mod pages;
