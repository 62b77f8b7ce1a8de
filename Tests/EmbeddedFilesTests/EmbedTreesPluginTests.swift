import EmbeddedFiles
import FoundationEssentials
import Profiles
import Templates
import Testing

/// The plugin runs over this test target too: `embeddedTree` holds the folder of this file.
@Suite struct EmbedTreesPluginTests {
    private static let testFolder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let repository = testFolder.deletingLastPathComponent().deletingLastPathComponent()

    private enum Tree: String, CaseIterable {
        case profiles
        case templates
        case fixtures = "Tests/EmbeddedFilesTests"

        var files: EmbeddedTree {
            switch self {
            case .profiles: BuiltInProfiles.files
            case .templates: BuiltInTemplates.files
            case .fixtures: EmbeddedTree(sortedByPath: embeddedTree)
            }
        }
    }

    @Test(arguments: Tree.allCases)
    private func treeHoldsExactlyTheFilesOfItsFolder(tree: Tree) throws {
        let root = Self.repository.appending(path: tree.rawValue)
        let onDisk = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            var isDirectory = false
            return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isDirectory)
                && !isDirectory && !path.hasSuffix(".swift") && !Self.isHidden(path)
        }
        #expect(!tree.files.isEmpty)
        #expect(Set(tree.files.map(\.path)) == Set(onDisk))
        for file in tree.files {
            let bytes = try Data(contentsOf: root.appending(path: file.path))
            #expect(file.contents.utf8.elementsEqual(bytes), "\(file.path) is embedded byte for byte")
        }
    }

    /// SwiftPM leaves hidden files out of a target, an editor's swap files among them.
    private static func isHidden(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.hasPrefix(".") }
    }

    @Test func aFilesPathIsRelativeToItsFolder() {
        #expect(BuiltInProfiles.files["base.yaml"] != nil)
        #expect(BuiltInTemplates.files["kubernetes/namespace.yaml"] != nil)
    }
}
