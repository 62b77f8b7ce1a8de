// swift-tools-version: 6.2

import PackageDescription

// Targets are grouped in folders that follow the direction of the imports:
//
//     Edge -> Engine, Providers -> ServiceModel -> Foundations -> SystemLibraries
//
// `docs/architecture.md` tells the story. `make test` builds with the undeclared-import check, so a
// target that reaches past its declared neighbours does not compile.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A library target of the package: `Sources/<group>/<name>`.
func room(_ name: String, in group: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(group)/\(name)", swiftSettings: swiftSettings)
}

/// A folder of text files at the root of the repository, compiled into the binary by `EmbedTrees`.
func embeddedTree(_ name: String, path: String) -> Target {
    .target(
        name: name, dependencies: ["EmbeddedFiles"], path: path, swiftSettings: swiftSettings,
        plugins: ["EmbedTrees"])
}

/// A test target: `Tests/<name>`. Fixtures are read from the source tree, not bundled.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], plugins: [Target.PluginUsage] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings, plugins: plugins)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
    name: "synthdata-infra",
    products: [
        .library(name: "SynthDataInfra", targets: ["SynthDataInfra"]),
        .executable(name: "synthdata-infra", targets: ["synthdata-infra"]),
        .executable(name: "synthdata-service", targets: ["synthdata-service"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // MARK: Build
        .executableTarget(name: "embed-trees", path: "Sources/Build/embed-trees", swiftSettings: swiftSettings),
        .plugin(name: "EmbedTrees", capability: .buildTool(), dependencies: ["embed-trees"]),

        // MARK: Embedded files
        embeddedTree("Profiles", path: "profiles"),
        embeddedTree("Templates", path: "templates"),

        // MARK: SystemLibraries
        // Without pkgConfig, which would link libcurl: it is opened at run time (docs/decisions/0011).
        .systemLibrary(name: "CCurl", path: "Sources/SystemLibraries/CCurl"),
        .systemLibrary(
            name: "CYAML", path: "Sources/SystemLibraries/CYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPosixSpawn", path: "Sources/SystemLibraries/CPosixSpawn"),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/SystemLibraries/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),

        .systemLibrary(
            name: "CExpat", path: "Sources/SystemLibraries/CExpat", pkgConfig: "expat",
            providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/SystemLibraries/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // MARK: Foundations
        room("Cryptography", in: "Foundations", ["COpenSSL"]),
        room("Diagnostics", in: "Foundations"),
        room("EmbeddedFiles", in: "Foundations"),
        room("Documents", in: "Foundations", ["CYAML", "Diagnostics", "EmbeddedFiles"]),
        room("HTTPTransport", in: "Foundations", ["CCurl", "Diagnostics"]),

        // MARK: Engine
        room("ServiceModel", in: "Engine", ["Cryptography", "Diagnostics", "Documents"]),
        room(
            "ResourceManager", in: "Engine", ["Cryptography", "Diagnostics", "Documents", "ServiceModel"]),
        room("ConfigurationManager", in: "Engine", ["Diagnostics", "Documents", "ResourceManager", "ServiceModel"]),
        room("TemplateRenderer", in: "Engine", ["Diagnostics", "Documents"]),
        room(
            "DeploymentEngine", in: "Engine",
            [
                "ConfigurationManager", "Cryptography", "Diagnostics", "Documents", "ResourceManager", "ServiceModel",
                "TemplateRenderer",
            ]),

        // MARK: Providers
        room(
            "LocalProvider", in: "Providers",
            ["CPosixSpawn", "Diagnostics", "Documents", "ServiceModel", logging] + nio),

        room(
            "KubernetesClient", in: "Providers",
            ["Diagnostics", "Documents", "HTTPTransport", subprocess, systemPackage]),
        room(
            "KubernetesProvider", in: "Providers",
            ["CZlib", "Diagnostics", "Documents", "HTTPTransport", "KubernetesClient", "ServiceModel"]),

        room(
            "AWSClient", in: "Providers",
            ["CExpat", "Cryptography", "Diagnostics", "Documents", "HTTPTransport", subprocess, systemPackage]),
        room(
            "TerraformClient", in: "Providers",
            ["Diagnostics", "Documents", "ServiceModel", subprocess, systemPackage]),
        room(
            "AWSProvider", in: "Providers",
            [
                "AWSClient", "Cryptography", "Diagnostics", "Documents", "HTTPTransport", "KubernetesClient",
                "KubernetesProvider", "ServiceModel", "TerraformClient",
            ]),

        // MARK: Workload
        room("ReferenceWorkload", in: "Workload", ["Diagnostics", "Documents", "ServiceModel", logging] + nio),
        .executableTarget(
            name: "synthdata-service", dependencies: ["ReferenceWorkload", argumentParser],
            path: "Sources/Workload/synthdata-service", swiftSettings: swiftSettings),

        // MARK: Edge
        room("TerminalUI", in: "Edge", ["Diagnostics", "Documents"]),
        room(
            "SynthDataInfra", in: "Edge",
            [
                "AWSClient", "AWSProvider", "ConfigurationManager", "DeploymentEngine", "Diagnostics", "Documents",
                "HTTPTransport",
                "KubernetesClient", "KubernetesProvider", "LocalProvider", "Profiles", "ResourceManager",
                "ServiceModel", "Templates", "TerraformClient",
            ]),
        room(
            "CommandLineInterface", in: "Edge",
            [
                "ConfigurationManager", "Cryptography", "DeploymentEngine", "Diagnostics", "Documents",
                "KubernetesProvider", "LocalProvider", "ReferenceWorkload", "ServiceModel", "SynthDataInfra",
                "TemplateRenderer", "TerminalUI", argumentParser,
            ]),
        .executableTarget(
            name: "synthdata-infra", dependencies: ["CommandLineInterface"], path: "Sources/Edge/synthdata-infra",
            swiftSettings: swiftSettings),

        // MARK: Benchmarks
        .executableTarget(
            name: "parse-yaml", dependencies: ["Diagnostics", "Documents"], path: "Benchmarks/parse-yaml",
            swiftSettings: swiftSettings),

        // MARK: Examples
        .executableTarget(
            name: "usage-examples", dependencies: ["SynthDataInfra"], path: "examples/library", exclude: ["run.sh"],
            swiftSettings: swiftSettings),

        // MARK: Tests
        tests(
            "CommandLineInterfaceTests",
            [
                "CommandLineInterface", "ControlPlane", "Diagnostics", "Documents", "KubernetesClient", "ServiceModel",
                "TerminalUI", "TestSupport", "synthdata-infra", subprocess,
            ]),
        tests("EmbeddedFilesTests", ["EmbeddedFiles", "Profiles", "Templates"], plugins: ["EmbedTrees"]),
        tests("CryptographyTests", ["Cryptography"]),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("DocumentsTests", ["Diagnostics", "Documents"]),
        tests(
            "ConfigurationManagerTests",
            [
                "CommandLineInterface", "ConfigurationManager", "Diagnostics", "Documents", "EmbeddedFiles", "Profiles",
                "ServiceModel",
            ],
            exclude: ["Fixtures"]),
        tests("ResourceManagerTests", ["Documents", "ResourceManager", "ServiceModel"]),
        tests("TerminalUITests", ["Diagnostics", "TerminalUI"]),
        tests(
            "KubernetesClientTests",
            ["ControlPlane", "Diagnostics", "Documents", "HTTPTransport", "KubernetesClient", "TestSupport"]),
        tests(
            "KubernetesProviderTests",
            [
                "ConfigurationManager", "ControlPlane", "DeploymentEngine", "Diagnostics", "Documents", "EmbeddedFiles",
                "HTTPTransport", "KubernetesClient", "KubernetesProvider", "Profiles", "ServiceModel", "Templates",
                "TestSupport", "synthdata-infra", subprocess,
            ]),
        tests(
            "AWSClientTests",
            ["AWSClient", "Cryptography", "Diagnostics", "Documents", "HTTPTransport", "TestSupport"],
            exclude: ["Fixtures"]),
        tests("TerraformClientTests", ["Diagnostics", "Documents", "ServiceModel", "TerraformClient"]),
        tests("HTTPTransportTests", ["Diagnostics", "HTTPTransport", "TestSupport"], exclude: ["Fixtures"]),
        tests("TemplateRendererTests", ["Diagnostics", "Documents", "TemplateRenderer"]),
        tests(
            "DeploymentEngineTests",
            [
                "ConfigurationManager", "ControlPlane", "DeploymentEngine", "Diagnostics", "Documents", "EmbeddedFiles",
                "HTTPTransport", "KubernetesClient", "KubernetesProvider", "LocalProvider", "Profiles", "ServiceModel",
                "ResourceManager", "Templates", "TestSupport", "local-supervisor",
            ],
            exclude: ["Fixtures"]),
        tests(
            "SynthDataInfraTests",
            ["SynthDataInfra", "TestSupport", "synthdata-infra", "usage-examples"]),
        tests(
            "ReferenceWorkloadTests",
            ["Diagnostics", "Documents", "ReferenceWorkload", "ServiceModel", "synthdata-service", logging, subprocess]
                + nio),
        tests(
            "AWSProviderTests",
            [
                "AWSClient", "AWSProvider", "ConfigurationManager", "ControlPlane", "DeploymentEngine", "Diagnostics",
                "Documents", "HTTPTransport", "KubernetesClient", "KubernetesProvider", "Profiles", "ResourceManager",
                "ServiceModel", "Templates", "TerraformClient", "TestSupport",
            ], exclude: ["Fixtures"]),
        .target(
            name: "ControlPlane", dependencies: ["TestSupport"], path: "Tests/Support/ControlPlane",
            swiftSettings: swiftSettings),
        .target(name: "TestSupport", path: "Tests/Support/TestSupport", swiftSettings: swiftSettings),
        .executableTarget(
            name: "local-supervisor", dependencies: ["LocalProvider"], path: "Tests/Support/local-supervisor",
            swiftSettings: swiftSettings),
        tests(
            "LocalProviderTests",
            ["Diagnostics", "Documents", "LocalProvider", "ServiceModel", "TestSupport", "local-supervisor"] + nio,
            exclude: ["Fixtures"]),
    ],
    swiftLanguageModes: [.v6]
)
