//! Scenarios, contract suites, the crash harness and its simulation, real servers, benches.
pub mod sim;
