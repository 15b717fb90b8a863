#!/bin/bash
# Builds the library for devices and simulators and packs it as SatchelFFI.xcframework. On a Mac with Xcode and rustup:
#   ios/build-xcframework.sh [folder]    default: ios/build
# Swift's side is generated from the very library that is packed, so the two cannot differ.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repo=$(dirname "$here")
out=${1:-$here/build}
target=${CARGO_TARGET_DIR:-$repo/target}
profile=mobile-release
triples=(aarch64-apple-ios aarch64-apple-ios-sim)

[ "$(uname -s)" = Darwin ] || { echo "build-xcframework: this needs macOS with Xcode" >&2; exit 77; }
command -v xcodebuild >/dev/null || { echo "build-xcframework: install Xcode first" >&2; exit 1; }

cd "$repo"
export IPHONEOS_DEPLOYMENT_TARGET=17.0
for triple in "${triples[@]}"; do
    rustup target add "$triple"
    cargo build -p satchel-ffi --profile "$profile" --target "$triple"
done

# Bindings and fingerprint, into ios/Sources.
cargo xtask bindings

# A folder of the module's own name: two libraries with a module map each would otherwise overwrite one another.
headers=$out/headers
rm -rf "$headers" "$out/SatchelFFI.xcframework"
mkdir -p "$headers/SatchelFFI"
cp "$here/Sources/SatchelFFI/SatchelFFI.h" "$headers/SatchelFFI/"
cat > "$headers/SatchelFFI/module.modulemap" <<'MAP'
module SatchelFFI {
    header "SatchelFFI.h"
    link framework "Security"
    link framework "CoreFoundation"
    export *
}
MAP

arguments=()
for triple in "${triples[@]}"; do
    library=$target/$triple/$profile/libsatchel_ffi.a
    [ -f "$library" ] || { echo "build-xcframework: $library is missing" >&2; exit 1; }
    arguments+=(-library "$library" -headers "$headers")
done
xcodebuild -create-xcframework "${arguments[@]}" -output "$out/SatchelFFI.xcframework"

echo "Packed $out/SatchelFFI.xcframework; hand it to the package:"
echo "  export SATCHEL_XCFRAMEWORK=build/SatchelFFI.xcframework"
