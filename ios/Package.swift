// swift-tools-version:6.0
// The Swift package: the facade `Satchel` over the library, and the screens of `SatchelUI`.
import Foundation
import PackageDescription

// Apple's platforms take the library as an XCFramework (see build-xcframework.sh); elsewhere the linker is told where it is.
let framework = ProcessInfo.processInfo.environment["SATCHEL_XCFRAMEWORK"]
let library: Target =
    framework.map { .binaryTarget(name: "SatchelFFI", path: $0) } ?? .systemLibrary(name: "SatchelFFI")

// libswiftObservation.so of Swift 6.0 on Linux names a symbol that none of its libraries has. Only what is linked here
// needs the flag, so it does not spoil the products for those who depend on them.
let link: [LinkerSetting] = [
    .unsafeFlags(["-Xlinker", "--allow-shlib-undefined", "-Xlinker", "--enable-new-dtags"], .when(platforms: [.linux]))
]

let package = Package(
    name: "Satchel",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "Satchel", targets: ["Satchel"]),
        .library(name: "SatchelUI", targets: ["SatchelUI"]),
    ],
    targets: [
        library,
        .target(name: "SatchelCore", dependencies: ["SatchelFFI"]),
        .target(name: "Satchel", dependencies: ["SatchelCore"]),
        .target(name: "SatchelUI", dependencies: ["Satchel"]),
        .executableTarget(
            name: "OpenProbe", dependencies: ["Satchel"], path: "Tests/OpenProbe", linkerSettings: link),
        .target(name: "Desk", dependencies: ["Satchel"], path: "Tests/Desk"),
        .testTarget(
            name: "SatchelTests", dependencies: ["Satchel", "SatchelCore", "Desk", "OpenProbe"], linkerSettings: link),
        .testTarget(
            name: "SatchelUITests", dependencies: ["SatchelUI", "Desk"], linkerSettings: link),
    ],
    swiftLanguageModes: [.v6]
)
