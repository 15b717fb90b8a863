//! A table of commands that can be run against any server, and what they bring, made comparable.
