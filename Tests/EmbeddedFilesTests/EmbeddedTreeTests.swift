import EmbeddedFiles
import Testing

@Suite struct EmbeddedTreeTests {
    private let tree = EmbeddedTree(sortedByPath: [
        EmbeddedFile(path: "base.yaml", contents: "base"),
        EmbeddedFile(path: "providers-extra.yaml", contents: "extra"),
        EmbeddedFile(path: "providers/aws.yaml", contents: "aws"),
        EmbeddedFile(path: "providers/cloud/gcp.yaml", contents: "gcp"),
        EmbeddedFile(path: "readme.yaml", contents: "readme"),
    ])

    @Test func everyFileIsFoundByItsPath() {
        for file in tree {
            #expect(tree[file.path] == file)
        }
    }

    @Test(arguments: ["", "a", "base", "base.yaml/", "/base.yaml", "./base.yaml", "BASE.yaml", "providers", "zzz"])
    func anyOtherPathIsAbsent(path: String) {
        #expect(tree[path] == nil)
    }

    @Test func pathsAreComparedByByteNotByCanonicalEquivalence() {
        let tree = EmbeddedTree(sortedByPath: [EmbeddedFile(path: "caf\u{E9}.yaml", contents: "")])
        #expect(tree["caf\u{E9}.yaml"] != nil)
        #expect(tree["cafe\u{301}.yaml"] == nil)
    }

    @Test(arguments: [
        ("providers", ["providers/aws.yaml", "providers/cloud/gcp.yaml"]),
        ("providers/cloud", ["providers/cloud/gcp.yaml"]),
        ("provider", []),
        ("base.yaml", []),
        ("zzz", []),
    ])
    func aFolderHoldsItsFilesAtAnyDepth(folder: String, paths: [String]) {
        #expect(tree.files(under: folder).map(\.path) == paths)
    }

    @Test func anEmptyTreeHoldsNothing() {
        let empty = EmbeddedTree(sortedByPath: [])
        #expect(empty.isEmpty)
        #expect(empty["base.yaml"] == nil)
        #expect(empty.files(under: "providers").isEmpty)
    }

    @Test func filesOutOfOrderAreRefusedInADebugBuild() async {
        await #expect(processExitsWith: .failure) {
            _ = EmbeddedTree(sortedByPath: [
                EmbeddedFile(path: "b", contents: ""), EmbeddedFile(path: "a", contents: ""),
            ])
        }
    }
}
