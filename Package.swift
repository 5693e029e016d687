// swift-tools-version: 6.2

import PackageDescription

/// Settings that every Swift target shares: warnings are errors, imports are internal and spelled
/// out.
let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
/// What Serve speaks HTTP by, with its trait alone.
let nio = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { name in
  Target.Dependency.product(
    name: name, package: "swift-nio", condition: .when(traits: ["Pages"]))
}

/// How the command is linked.
///
/// With ASSAY_STATIC_RUNTIME=1, as the Makefile sets it, Swift's libraries are in the command itself: it
/// starts in a third of the time, and runs where no Swift is installed.
let runtime: [LinkerSetting] =
  Context.environment["ASSAY_STATIC_RUNTIME"] == "1"
  ? [
    .unsafeFlags(
      ["-static-stdlib"]
        // What Foundation and Dispatch stand on there.
        + [
          "CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU",
          "dispatch", "BlocksRuntime",
        ].map { "-l\($0)" }
        // Their debugging information would be a quarter of the command.
        + ["-Xlinker", "-S"], .when(platforms: [.linux]))
  ] : []

/// A library target of this package, with the settings that all of them share.
func library(
  _ name: String,
  _ dependencies: [Target.Dependency] = [],
  exclude: [String] = [],
  plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name,
    dependencies: dependencies,
    exclude: exclude,
    swiftSettings: settings,
    plugins: plugins)
}

/// The tests of one target, which may use everything that the target itself may use.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
  name: "assay",
  // What a build for macOS would need at least; Linux alone is built and tested.
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "assay", targets: ["assay"]),
    .library(name: "Tracker", targets: ["Tracker"]),
    // Preloaded by tests, so that chosen reads and writes of the command fail.
    .library(name: "FaultVFS", type: .dynamic, targets: ["CFaultVFS"]),
  ],
  traits: [
    .trait(name: "BLAS", description: "Matrix products by the system's BLAS."),
    .trait(name: "Figures", description: "Figures as PDF and PNG, besides SVG."),
    .trait(name: "Pages", description: "assay serve: the records in a browser."),
    .trait(name: "PostgreSQL", description: "Queues of sweeps in PostgreSQL, besides the file."),
    .default(enabledTraits: ["BLAS", "Figures", "Pages"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // The ground floor, under both columns.
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    library("Bytes", ["CZlib", crypto]),
    .target(name: "CSubprocess"),
    library("Subprocess", ["CSubprocess"]),

    // Records: from the SQLite file upwards.
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    library("SQLite", ["CSQLite"]),
    .executableTarget(name: "SQLEmbedder", swiftSettings: settings),
    .plugin(
      name: "EmbedSQL", capability: .buildTool(), dependencies: ["SQLEmbedder"],
      path: "Sources/EmbedSQL"),
    library("Tracker", ["SQLite", "Bytes", "Subprocess"], plugins: ["EmbedSQL"]),
    .target(name: "CRsvg", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    library(
      "Report",
      [
        "Tracker", "SQLite", "Bytes",
        .target(name: "CRsvg", condition: .when(traits: ["Figures"])),
      ]),

    // Shows records in a browser; nothing else knows HTTP.
    .executableTarget(name: "AssetEmbedder", swiftSettings: settings),
    .plugin(
      name: "EmbedAssets", capability: .buildTool(), dependencies: ["AssetEmbedder"],
      path: "Sources/EmbedAssets"),
    library(
      "Serve", ["Program", "Report", "Interchange", "Tracker", "SQLite", "Bytes"] + nio,
      exclude: ["Assets"], plugins: ["EmbedAssets"]),

    // Any command as a run.
    library(
      "Program",
      [
        "Sweep", "Search", "Tracker", "SQLite", "Subprocess", "CSubprocess", "Interchange", "Bytes",
        yams,
      ]),

    // Numerics: from the matrix product upwards.
    .target(
      name: "CBLAS",
      linkerSettings: [
        .linkedLibrary("dl", .when(platforms: [.linux])),
        .linkedFramework("Accelerate", .when(platforms: [.macOS])),
      ]),
    library("Tensor", [.target(name: "CBLAS", condition: .when(traits: ["BLAS"]))]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    library("Dataset", ["Tensor", "Bytes", "Interchange", "Subprocess", "CCurl"]),
    .target(name: "CKernels"),
    library("Classifier", ["Tensor"]),
    library("NeuralNetwork", ["Classifier", "Tensor", "CKernels", "Bytes"]),
    library("ExternalModel", ["Classifier", "Tensor", "Subprocess", "Bytes"]),
    library("Attack", ["Classifier", "Tensor", "CKernels"]),
    library("Detection", ["Classifier", "Tensor", "CKernels"]),
    library("Search", ["Tensor"]),
    library("Interchange", ["Bytes"]),

    // What any search over trials needs, whatever its trials are.
    library("Sweep", ["Search", "Tracker", "SQLite", "Bytes", yams]),

    // Job arrays of a cluster, by Slurm's commands.
    library("Slurm", ["Subprocess"]),

    // The queue of a sweep on a server. The command has it with the trait alone.
    .target(
      name: "CPostgreSQL", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    library("PostgreSQL", ["CPostgreSQL"]),
    library(
      "SweepQueue", ["PostgreSQL", "Sweep", "Tracker", "Bytes"], plugins: ["EmbedSQL"]),

    // Reads what other trackers have recorded.
    library("ForeignTrackers", ["Interchange", "Tracker", "SQLite", yams]),

    // Where the two columns meet.
    library(
      "Study",
      [
        "Attack", "Detection", "Classifier", "NeuralNetwork", "ExternalModel", "Dataset", "Search",
        "Interchange", "Tensor", "Sweep", "Tracker", "SQLite", "Bytes", yams,
      ]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "Study", "Sweep", "Slurm", "Program", "Report", "Attack", "Detection", "Classifier",
        "NeuralNetwork", "ExternalModel", "Dataset", "Search", "ForeignTrackers", "Interchange",
        "Tensor", "Tracker",
        "SQLite", "Bytes", "Subprocess",
        .target(name: "Serve", condition: .when(traits: ["Pages"])),
        .target(name: "SweepQueue", condition: .when(traits: ["PostgreSQL"])),
        .target(name: "PostgreSQL", condition: .when(traits: ["PostgreSQL"])),
        argumentParser,
      ],
      swiftSettings: settings,
      linkerSettings: runtime),
    .target(name: "CStoreLimit", linkerSettings: [.linkedLibrary("sqlite3")]),
    .executableTarget(
      name: "Benchmark",
      dependencies: [
        "Attack", "Detection", "Classifier", "NeuralNetwork", "Dataset", "Search", "Tensor",
        "SweepQueue", "Sweep", "Tracker", "SQLite", "Subprocess", "CStoreLimit",
      ],
      exclude: ["Peers"],
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Classifier", "Tensor", "SQLite", "Subprocess"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("Bytes", ["Bytes", "Subprocess"]),
    tests("Subprocess", ["Subprocess"]),
    .target(
      name: "CFaultVFS", path: "Tests/FaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
    tests("SQLite", ["SQLite", "CSQLite"]),
    tests("Tracker", ["Tracker", "SQLite", crypto]),
    tests("Program", ["Program", "Sweep", "Search", "Tracker", "SQLite"]),
    tests("Report", ["Report", "Tracker", "SQLite"]),
    tests("Serve", ["Serve", "Report", "Tracker", "SQLite"]),
    tests("Tensor", ["Tensor"]),
    tests("Dataset", ["Dataset", "Interchange", "Bytes", "Subprocess"]),
    tests("NeuralNetwork", ["NeuralNetwork", "Classifier", "CKernels", "Tensor"]),
    tests("ExternalModel", ["ExternalModel", "Classifier", "Subprocess", "Tensor"]),
    tests("Attack", ["Attack", "Classifier", "NeuralNetwork", "Tensor"]),
    tests("Detection", ["Detection", "Classifier", "NeuralNetwork", "Interchange", "Tensor"]),
    tests("Search", ["Search"]),
    tests("Interchange", ["Interchange", "Bytes"]),
    tests(
      "Study",
      [
        "Study", "Sweep", "Search", "Attack", "Detection", "Classifier", "NeuralNetwork", "Dataset",
        "Tensor", "Tracker", "SQLite",
      ]),
    tests("Sweep", ["Sweep", "Search", "Tracker"]),
    tests("Slurm", ["Slurm"]),
    // These start a server.
    tests(
      "SweepQueue", ["SweepQueue", "PostgreSQL", "Sweep", "Search", "Tracker", "SQLite"]),
    tests(
      "CommandLine",
      [
        "Study", "Attack", "Detection", "Classifier", "NeuralNetwork", "Tensor", "Dataset",
        "Tracker",
        "Interchange", "SQLite", "assay", argumentParser,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
