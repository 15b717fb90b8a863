//! What scenarios stand on: real servers, mail to fill them with, a slow link.
pub mod link;
pub mod peers;
pub mod servers;
pub mod workload;
