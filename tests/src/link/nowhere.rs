//! Stands where there are no network namespaces: opening a link says so; the proxy works everywhere.
use std::io;
use std::net::IpAddr;
use std::process::Command;

use super::LinkOptions;
use super::counts::Counts;
use crate::servers::{Missing, Unavailable};

/// There is none on this system.
pub enum Link {}

#[allow(missing_docs, reason = "documented at the real one")]
impl Link {
    pub fn open(_: LinkOptions) -> Result<Self, Unavailable> {
        Err(Unavailable::Missing(Missing {
            part: "the slow link",
            lacks: "network namespaces are Linux's".to_owned(),
            remedy: "measure on Linux, or through the proxy".to_owned(),
        }))
    }

    pub fn far_address(&self) -> IpAddr {
        match *self {}
    }

    pub fn far_namespace(&self) -> &str {
        match *self {}
    }

    pub fn near_command(&self, _: &str) -> Command {
        match *self {}
    }

    pub fn on_near_side<T: Send>(&self, _: impl FnOnce() -> T + Send) -> io::Result<T> {
        match *self {}
    }

    pub fn counts(&self) -> Counts {
        match *self {}
    }

    pub fn settled_counts(&self) -> Counts {
        match *self {}
    }

    pub fn reset_counts(&self) {
        match *self {}
    }

    pub fn set_black_hole(&self, _: bool) {
        match *self {}
    }

    pub fn change_address(&self) -> io::Result<()> {
        match *self {}
    }
}
