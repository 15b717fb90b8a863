//! The simulated device: one disk under SQLite and Files, a link with points, paused clocks, seeded chance.
//!
//! One seed is one run. Every write, sync, truncate, delete, rename, directory sync, connect, send and receive is a
//! numbered *point*; a fault happens at a point, and a case is named by seed, point and fault (`5:24:stop`), so that
//! it can be replayed. `docs/adr/0003-store-executor-and-simulation.md` says why it is built like this.

pub mod case;
pub mod clock;
pub mod content;
pub mod credentials;
pub mod disk;
pub mod events;
pub mod executor;
pub mod fault;
pub mod files;
pub mod ground;
pub mod harness;
pub mod hash;
pub mod locks;
pub mod look;
pub mod meter;
pub mod mini;
pub mod network;
pub mod office;
pub mod planted;
pub mod power;
pub mod process;
pub mod random;
pub mod real;
pub mod registry;
pub mod report;
pub mod sweep;
pub mod vfs;
pub mod world;
