//! What scenarios stand on: the simulated device and the crash harness, real servers, mail to fill them with, a slow link.
pub mod servers;
pub mod sim;
pub mod workload;
