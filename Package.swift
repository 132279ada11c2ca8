// swift-tools-version: 6.1
import PackageDescription

/// Every Swift target is compiled with these: an `any` wherever there is an
/// existential, no import that leaks through another, and imports that are
/// public only where they are said to be.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSOCKS = Target.Dependency.product(name: "NIOSOCKS", package: "swift-nio-extras")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "p2pchat",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "P2PChat", targets: ["P2PChat"]),
        // The target is not called p2pchat: on a file system that folds case
        // its folder and module would be those of the library P2PChat.
        .executable(name: "p2pchat", targets: ["P2PChatTerminal"]),
        .executable(name: "p2pchat-keygen", targets: ["p2pchat-keygen"]),
        .executable(name: "p2pchat-gtk", targets: ["p2pchat-gtk"]),
    ],
    traits: [
        .trait(name: "Desktop", description: "The desktop window; needs GTK 4."),
        .trait(name: "DHT", description: "Discovery across the internet; needs OpenDHT."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        // System libraries
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CLibEdit", pkgConfig: "libedit",
            providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
        .systemLibrary(
            name: "CGtk", pkgConfig: "gtk4",
            providers: [.apt(["libgtk-4-dev"]), .brew(["gtk4"])]),
        .systemLibrary(
            name: "CQREncode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]),

        .target(
            name: "COpenDHT",
            cxxSettings: [.define("DHT", .when(traits: ["DHT"]))],
            linkerSettings: [.linkedLibrary("opendht", .when(traits: ["DHT"]))]),

        .target(
            name: "CPortMapping",
            cSettings: [.define("DHT", .when(traits: ["DHT"]))],
            linkerSettings: [
                .linkedLibrary("miniupnpc", .when(traits: ["DHT"])),
                .linkedLibrary("natpmp", .when(traits: ["DHT"])),
            ]),

        // The house, from the ground floor up: a target imports only what stands above it here.
        .target(name: "ChatValues", swiftSettings: house),
        .target(name: "ChatWire", dependencies: ["ChatValues", nioCore], swiftSettings: house),
        .target(
            name: "ChatIdentity", dependencies: ["COpenSSL", "ChatValues"], swiftSettings: house),
        .target(
            name: "ChatTLS",
            dependencies: ["COpenSSL", "ChatIdentity", "ChatValues", nioCore, nioTLS],
            swiftSettings: house),
        .target(
            name: "ChatCore", dependencies: ["ChatWire", "ChatValues", logging],
            swiftSettings: house),
        .target(
            name: "ChatTransport",
            dependencies: [
                "ChatTLS", "ChatIdentity", "ChatWire", "ChatCore", "ChatValues", nioCore, nioPosix,
                nioSOCKS, logging,
            ],
            swiftSettings: house),
        .target(
            name: "ChatDiscovery",
            dependencies: [
                .target(name: "COpenDHT", condition: .when(traits: ["DHT"])),
                .target(name: "CPortMapping", condition: .when(traits: ["DHT"])),
                "ChatIdentity", "ChatWire", "ChatCore", "ChatValues", nioCore, nioPosix, logging,
            ],
            swiftSettings: house),
        .target(
            name: "ChatStore",
            dependencies: ["ChatCore", "ChatIdentity", "ChatWire", "ChatValues", grdb],
            swiftSettings: house),
        .target(
            name: "ChatControl",
            dependencies: [
                "ChatCore", "ChatIdentity", "ChatWire", "ChatValues", nioCore, nioPosix, logging,
            ],
            swiftSettings: house),
        .target(
            name: "ChatBackup",
            dependencies: ["ChatStore", "ChatCore", "ChatIdentity", "ChatValues"],
            swiftSettings: house),
        .target(
            name: "P2PChat",
            dependencies: [
                "ChatValues", "ChatWire", "ChatIdentity", "ChatTLS", "ChatCore", "ChatTransport",
                "ChatDiscovery", "ChatStore", "ChatControl", nioPosix, nioCore, logging,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "P2PChatTerminal", dependencies: ["P2PChat", "CLibEdit", argumentParser],
            swiftSettings: house),
        // What the window shows, as values, without GTK.
        .target(name: "ChatDesktopModel", dependencies: ["P2PChat"], swiftSettings: house),
        // Without the trait it is a program that says that it was built without its window.
        .executableTarget(
            name: "p2pchat-gtk",
            dependencies: [
                "P2PChat", "ChatDesktopModel",
                .target(name: "CGtk", condition: .when(traits: ["Desktop"])),
                .target(name: "CQREncode", condition: .when(traits: ["Desktop"])),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "p2pchat-keygen",
            dependencies: [
                "ChatBackup", "ChatStore", "ChatCore", "ChatIdentity", "ChatValues", argumentParser,
            ],
            swiftSettings: house),

        // What Scripts/bench measures; no product.
        .executableTarget(
            name: "p2pchat-bench",
            dependencies: [
                "ChatValues", "ChatWire", "ChatIdentity", "ChatTLS", "ChatCore", "ChatTransport",
                "ChatStore", nioCore, nioPosix, nioEmbedded, logging,
            ],
            path: "Tests/Benchmarks/p2pchat-bench", swiftSettings: house),

        // Tests: a target each; the real programs are driven from Tests/EndToEnd.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(
            name: "ChatValuesTests", dependencies: ["ChatValues", "TestSupport"],
            swiftSettings: house),
        .testTarget(
            name: "ChatWireTests",
            dependencies: ["ChatWire", "ChatValues", "TestSupport", nioCore],
            swiftSettings: house),
        .testTarget(
            name: "ChatIdentityTests", dependencies: ["ChatIdentity", "ChatValues"],
            swiftSettings: house),
        .testTarget(
            name: "ChatTLSTests",
            dependencies: [
                "ChatTLS", "ChatIdentity", "ChatValues", "COpenSSL", "TestSupport", nioCore,
                nioTLS, nioEmbedded, nioPosix,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ChatCoreTests",
            dependencies: ["ChatCore", "ChatWire", "ChatValues", "TestSupport", logging],
            swiftSettings: house),
        .testTarget(
            name: "ChatTransportTests",
            dependencies: [
                "ChatTransport", "ChatTLS", "ChatIdentity", "ChatCore", "ChatStore", "ChatWire",
                "ChatValues", "TestSupport", nioCore, nioEmbedded, nioPosix, nioSOCKS, logging,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ChatDiscoveryTests",
            dependencies: [
                "ChatDiscovery", "ChatIdentity", "ChatCore", "ChatWire", "ChatValues",
                "TestSupport", logging,
            ],
            swiftSettings: house),
        .testTarget(
            name: "ChatStoreTests",
            dependencies: [
                "ChatStore", "ChatCore", "ChatIdentity", "ChatWire", "ChatValues", "TestSupport",
                grdb,
            ],
            swiftSettings: house),
        .target(
            name: "EventSamples", dependencies: ["ChatCore", "ChatWire", "ChatValues"],
            path: "Tests/EventSamples", swiftSettings: house),
        .testTarget(
            name: "ChatControlTests",
            dependencies: [
                "ChatControl", "EventSamples", "P2PChat", "ChatCore", "ChatIdentity", "ChatStore",
                "ChatWire", "ChatValues", nioCore, nioPosix, logging,
            ],
            swiftSettings: house),
        // Crashes where a test wants it: no product.
        .executableTarget(
            name: "CrashPeer", dependencies: ["P2PChat"], path: "Tests/CrashPeer",
            swiftSettings: house),
        .testTarget(
            name: "ChatBackupTests",
            dependencies: [
                "ChatBackup", "ChatStore", "ChatCore", "ChatIdentity", "ChatWire", "ChatValues",
            ],
            swiftSettings: house),
        .testTarget(name: "P2PChatTests", dependencies: ["P2PChat"], swiftSettings: house),
        .testTarget(
            name: "DesktopModelTests", dependencies: ["ChatDesktopModel", "P2PChat", "ChatCore"],
            swiftSettings: house),
        .testTarget(
            name: "TerminalTests", dependencies: ["P2PChatTerminal", "P2PChat", "EventSamples"],
            swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
