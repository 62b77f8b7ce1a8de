/// The programs of the package, which are built into the folder of the tests' own bundle.
package enum BuiltProgram {
    /// Where the program `name` is. The runner of the tests lives in the toolchain; the bundle that it loads is named in
    /// its arguments.
    package static func path(_ name: String) -> String {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return (bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast() + [Substring(name)])
            .joined(separator: "/")
    }
}
