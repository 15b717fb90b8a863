//! The generator of the shells' side of the boundary, at the version the library was built with.

fn main() {
    uniffi::uniffi_bindgen_main();
}
