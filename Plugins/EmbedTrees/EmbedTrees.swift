import Foundation
import PackagePlugin

/// Compiles the text files of a target's own folder into that target.
///
/// SwiftPM resources are looked up beside the executable at run time, so they do not survive copying
/// the binary alone to another machine. Each file is an input of the build command, so that adding,
/// editing, renaming or deleting one regenerates the embedded list.
@main
struct EmbedTrees: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let target = target as? any SourceModuleTarget else { return [] }
        let files = target.sourceFiles.map(\.url).filter { $0.pathExtension != "swift" }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTree.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(target.name)",
                executable: try context.tool(named: "embed-trees").url,
                arguments: [output.path, target.directoryURL.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
