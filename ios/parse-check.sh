#!/bin/bash
# Reads the Swift that only Apple's compilers can build (SwiftUI, UIKit), so that at least its syntax holds everywhere.
# Conditions are taken away first: a compiler skips what is behind one that does not hold.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count=0
while IFS= read -r file; do
    flat=$work/$((count += 1))-$(basename "$file")
    sed -E 's/#if canImport\((SwiftUI|UIKit)\)/#if true/' "$file" > "$flat"
    swiftc -frontend -parse -swift-version 6 "$flat"
done < <(grep -rlE '^ *import (SwiftUI|UIKit|WebKit|BackgroundTasks|Network|Security|UserNotifications)' \
    "$here/Sources/SatchelUI" "$here/App" --include='*.swift')
swiftc -frontend -parse -swift-version 6 "$here"/App/*.swift
echo "parse-check: $count files read"
