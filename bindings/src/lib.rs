//! Satchel for Kotlin and Swift.

uniffi::setup_scaffolding!("satchel_ffi");
