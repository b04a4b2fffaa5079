// swift-tools-version: 6.2
import PackageDescription

// A warning is a defect here, also in a release build.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // The optimiser of Swift 6.3 ends with "Found ownership error" in this pass, where a member of a large value is
    // looked at through an optional.
    .unsafeFlags(["-Xfrontend", "-enable-copy-propagation=false"], .when(configuration: .release)),
]

/// A program exports nothing: what nobody asks for need not be in it. Tables for exceptions are not in it either. lld keeps
/// code and constants apart, so that less of them is in memory. Static libraries in `.build/static` are taken in place of
/// shared ones: `scripts/build-release` lays them there.
let program: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-L\(Context.packageDirectory)/.build/static",
            "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "-T\(Context.packageDirectory)/scripts/no-unwind-tables.ld", "-Xlinker", "--no-eh-frame-hdr",
        ], .when(platforms: [.linux], configuration: .release))
]

let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nioCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioSOCKS = Target.Dependency.product(name: "NIOSOCKS", package: "swift-nio-extras")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let structuredFields = Target.Dependency.product(
    name: "RawStructuredFieldValues", package: "swift-http-structured-headers")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "cruddur",
    products: [
        .executable(name: "cruddur", targets: ["CruddurTUI"]),
        .executable(name: "cruddur-ops", targets: ["CruddurOps"]),
        .executable(name: "group-projector", targets: ["GroupProjectorFunction"]),
        .library(name: "ChatClient", targets: ["ChatClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-structured-headers", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .systemLibrary(name: "CLinux"),
        .target(name: "BoundedNumbers", swiftSettings: strict),
        .target(name: "ExactText", swiftSettings: strict),
        .target(name: "Timestamps", dependencies: ["BoundedNumbers"], swiftSettings: strict),
        .target(name: "Traces", dependencies: ["Timestamps", tracing], swiftSettings: strict),
        .target(name: "KeyTemplates", swiftSettings: strict),
        // The only one that knows of AsyncHTTPClient.
        .target(
            name: "HTTPExchange",
            dependencies: [
                "BoundedNumbers", "Timestamps", asyncHTTPClient, nioCompression, nioCore, nioEmbedded, nioHTTP1,
                nioPosix,
                nioSOCKS, nioSSL, swiftASN1, x509,
            ],
            swiftSettings: strict),
        // The only one that knows of BigInt.
        .target(name: "SecureRemotePassword", dependencies: ["Timestamps", bigInt, crypto], swiftSettings: strict),
        .target(
            name: "AWSClient",
            dependencies: ["BoundedNumbers", "HTTPExchange", "Timestamps", crypto, logging], swiftSettings: strict),
        .target(name: "PrivateFiles", swiftSettings: strict),
        .target(name: "DatabaseVersion", dependencies: [grdbSQLite], swiftSettings: strict),
        .target(name: "SampleConversations", swiftSettings: strict),
        .target(
            name: "MessageTable",
            dependencies: [
                "AWSClient", "BoundedNumbers", "DatabaseVersion", "ExactText", "PrivateFiles", "Timestamps", "Traces",
                grdb, logging,
                tracing,
            ],
            swiftSettings: strict),
        .target(
            name: "ChatClient",
            dependencies: [
                "BoundedNumbers", "CLinux", "CProcess", "ChildProcesses", "DatabaseVersion", "ExactText",
                "HTTPExchange",
                "SecureRemotePassword",
                "Timestamps",
                "Traces", crypto,
                grdb,
                jwtKit, logging, tracing,
            ],
            swiftSettings: strict),
        .target(name: "Users", dependencies: ["DatabaseVersion", "PrivateFiles", grdb], swiftSettings: strict),
        .target(
            name: "LocalPool", dependencies: ["SecureRemotePassword", "Timestamps", crypto], swiftSettings: strict),
        .target(
            name: "CruddurServer",
            dependencies: [
                "BoundedNumbers", "ExactText", "LocalPool", "MessageTable", "Timestamps", "Traces", "Users", crypto,
                cryptoExtras,
                grdb,
                httpTypes,
                hummingbird,
                hummingbirdCore,
                hummingbirdTLS, jwtKit, logging, metrics, nioCore, nioHTTP1, nioHTTPTypes, nioSSL, serviceLifecycle,
                structuredFields, tracing,
            ], swiftSettings: strict),
        .target(name: "PrometheusMetrics", dependencies: [metrics], swiftSettings: strict),
        .systemLibrary(name: "CPostgres"),
        .target(
            name: "PostgresUsers", dependencies: ["CPostgres", "Timestamps", "Users", nioPosix],
            swiftSettings: strict),
        .target(
            name: "CruddurDemo",
            dependencies: [
                "CruddurServer", "KeyTemplates", "LocalPool", "MessageTable", "PrivateFiles", "SampleConversations",
                "Timestamps", "Traces", "Users", logging, tracing,
            ], swiftSettings: strict),
        .target(name: "CProcess"),
        .target(name: "ChildProcesses", dependencies: ["CProcess"], swiftSettings: strict),
        .target(name: "CRelease"),
        .target(
            name: "CUnicodeData", exclude: ["LICENSE", "icudt76l.dat"], cSettings: [.headerSearchPath(".")]),
        .target(name: "TerminalText", dependencies: ["CProcess", "Timestamps"], swiftSettings: strict),
        .target(
            name: "Programs", dependencies: ["CProcess", "CRelease", "TerminalText", argumentParser],
            swiftSettings: strict),
        .executableTarget(
            name: "CruddurTUI",
            dependencies: [
                "BoundedNumbers", "ChatClient", "ChildProcesses", "CNcurses", "CUnicodeData", "CruddurDemo",
                "CruddurServer",
                "ExactText", "KeyTemplates", "LocalPool", "Programs", "TerminalText", "Timestamps", "Traces", "Users",
                argumentParser, logging, serviceLifecycle,
            ], swiftSettings: strict,
            // Its start is half of what it was: 160,000 addresses need not be put right (docs/performance.md).
            linkerSettings: program + [
                .unsafeFlags(["-Xclang-linker", "-no-pie"], .when(platforms: [.linux], configuration: .release))
            ]),
        .executableTarget(
            name: "CruddurOps",
            dependencies: [
                "AWSClient", "BoundedNumbers", "CUnicodeData", "ChildProcesses", "CruddurServer", "ExactText",
                "HTTPExchange", "KeyTemplates", "MessageTable", "PostgresUsers", "PrivateFiles", "Programs",
                "PrometheusMetrics",
                "SampleConversations",
                "TerminalText", "Timestamps", "Traces", "Users", argumentParser, crypto, grdb, hummingbird, logging,
                metrics, nioCore, serviceLifecycle,
                unixSignals,
            ], swiftSettings: strict, linkerSettings: program),
        .executableTarget(
            name: "GroupProjectorFunction",
            dependencies: [
                "AWSClient", "BoundedNumbers", "CUnicodeData", "HTTPExchange", "MessageTable", "TerminalText",
                "Timestamps",
                logging,
            ],
            swiftSettings: strict, linkerSettings: program),
        .executableTarget(
            name: "EchoBot", dependencies: ["ChatClient"], path: "examples/bot", swiftSettings: strict),
        .executableTarget(
            name: "HistoryBenchmark", dependencies: ["ChatClient", "Timestamps", argumentParser],
            path: "Benchmarks/HistoryBenchmark", swiftSettings: strict),
        .executableTarget(
            name: "PollingBenchmark", dependencies: ["ChatClient"], path: "Benchmarks/PollingBenchmark",
            swiftSettings: strict),
        .executableTarget(
            name: "PoolStub", dependencies: ["LocalPool", "Timestamps", hummingbird, httpTypes, logging, nioCore],
            path: "Benchmarks/PoolStub", swiftSettings: strict),
        .executableTarget(
            name: "TableStub", dependencies: [hummingbird, httpTypes, logging, nioCore], path: "Benchmarks/TableStub",
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "ChildProcesses", "Timestamps", hummingbird, logging, nioCore, nioHTTP1, nioPosix, nioSSL,
                serviceLifecycle,
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "TracesTests", dependencies: ["TestSupport", "Timestamps", "Traces", tracing], swiftSettings: strict),
        .testTarget(
            name: "PrometheusMetricsTests", dependencies: ["PrometheusMetrics", metrics], swiftSettings: strict),
        .testTarget(
            name: "KeyTemplatesTests", dependencies: ["KeyTemplates", "MessageTable", "Timestamps"],
            swiftSettings: strict),
        .testTarget(name: "BoundedNumbersTests", dependencies: ["BoundedNumbers"], swiftSettings: strict),
        .testTarget(
            name: "GroupProjectorFunctionTests",
            dependencies: ["GroupProjectorFunction", "HTTPExchange", "Timestamps"],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPExchangeTests",
            dependencies: ["ChildProcesses", "HTTPExchange", "TestSupport", "Timestamps", nioCore, nioHTTP1],
            swiftSettings: strict),
        .testTarget(
            name: "SecureRemotePasswordTests",
            dependencies: ["SecureRemotePassword", "TestSupport", "Timestamps", bigInt, crypto], exclude: ["Vectors"],
            swiftSettings: strict),
        .testTarget(name: "TerminalTextTests", dependencies: ["TerminalText", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TimestampsTests", dependencies: ["TestSupport", "Timestamps"], swiftSettings: strict),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient", "TestSupport", "Timestamps", httpTypes, hummingbird, logging, serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MessageTableTests",
            dependencies: [
                "AWSClient", "DatabaseVersion", "MessageTable", "PrivateFiles", "TestSupport", "Timestamps", "Traces",
                grdb, httpTypes,
                hummingbird, logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "PostgresUsersTests", dependencies: ["CPostgres", "PostgresUsers", "TestSupport", "Users"],
            swiftSettings: strict),
        .testTarget(
            name: "CruddurOpsTests",
            dependencies: [
                "CruddurOps", "CruddurServer", "KeyTemplates", "MessageTable", "Programs", "TestSupport", "Timestamps",
                "Traces", "Users", argumentParser, grdb,
            ],
            exclude: ["Recorded"], swiftSettings: strict),
        .testTarget(
            name: "LocalPoolTests",
            dependencies: [
                "ChatClient", "LocalPool", "SecureRemotePassword", "TestSupport", "Timestamps", httpTypes, hummingbird,
                nioCore,
            ], swiftSettings: strict),
        .testTarget(
            name: "ChatClientTests",
            dependencies: [
                "ChatClient", "HTTPExchange", "SecureRemotePassword", "TestSupport", "Timestamps", grdb, httpTypes,
                hummingbird, logging,
                nioCore,
                serviceLifecycle,
            ], swiftSettings: strict),
        .testTarget(
            name: "CruddurTUITests",
            dependencies: [
                "AWSClient", "ChatClient", "CruddurDemo", "CruddurServer", "CruddurTUI", "HTTPExchange", "KeyTemplates",
                "MessageTable", "Programs", "TerminalText", "TestSupport", "Timestamps", "Traces", "Users",
                argumentParser, logging, serviceLifecycle,
            ],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "CruddurServerTests",
            dependencies: [
                "AWSClient", "CruddurServer", "MessageTable", "TestSupport", "Timestamps", "Traces", "Users",
                asyncHTTPClient,
                httpTypes,
                jwtKit, logging, nioCore, nioEmbedded, nioHTTPTypes, nioPosix,
                nioHTTP1, serviceLifecycle,
            ], swiftSettings: strict),
    ]
)
