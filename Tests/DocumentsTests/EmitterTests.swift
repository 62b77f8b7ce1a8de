import Diagnostics
import Documents
import Foundation
import Testing

@Suite struct EmitterTests {
    /// Every curated text as a value, a key, an item, nested and alone, and a few thousand random trees.
    static let trees: [Node] = {
        var trees: [Node] = []
        for text in CuratedText.all {
            trees.append(.string(text))
            var deep = Mapping()
            deep["k"] = [.string(text), [.string(text)], ["n": .string(text)]]
            deep[text] = .string(text)
            trees.append(["outer": .mapping(deep), "after": 1])
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<3000 { trees.append(generator.tree()) }
        return trees
    }()

    @Test func parsesItsOwnYAMLAndJSON() throws {
        for tree in Self.trees {
            let yaml = YAMLEmitter.emit(tree)
            #expect(try YAMLParser.parseOne(yaml, file: SourceFile("y")) == tree, "\(yaml)")
            for options in [JSONEmitter.Options(), .init(pretty: true, sortedKeys: true)] {
                let json = JSONEmitter.emit(tree, options)
                #expect(try JSONParser.parse(json, file: SourceFile("j")) == tree, "\(json)")
            }
        }
    }

    @Test func isStable() throws {
        for tree in Self.trees {
            let yaml = YAMLEmitter.emit(tree)
            #expect(YAMLEmitter.emit(try YAMLParser.parseOne(yaml, file: SourceFile("y"))) == yaml)
        }
    }

    /// One process for all of them: lines of JSON, each with the YAML text and the tree as JSON.
    @Test func safeLoadersReadTheSameTrees() throws {
        let lines = Self.trees.map { JSONEmitter.emit(["yaml": .string(YAMLEmitter.emit($0)), "tree": $0]) }
        let output = try Python.run(
            """
            import json, sys, yaml
            def same(a, b):
                if type(a) is not type(b): return False
                if isinstance(a, dict): return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
                if isinstance(a, list): return len(a) == len(b) and all(map(same, a, b))
                return a == b
            count = 0
            for line in sys.stdin.buffer.read().decode().split("\\n"):
                case = json.loads(line)
                count += 1
                for loader in (yaml.SafeLoader, yaml.CSafeLoader):
                    try:
                        found = yaml.load(case["yaml"], Loader=loader)
                    except Exception as error:
                        found = error
                    if not same(found, case["tree"]):
                        print(loader.__name__, ascii(case["yaml"]), ascii(case["tree"]), ascii(found))
            print(count, "read")
            """, input: lines.joined(separator: "\n"))
        #expect(output == "\(Self.trees.count) read\n", "\(output.prefix(3000))")
    }

    static let kubectl = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/kubectl" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// `kubectl create` asks a server for its kinds even in a dry run of the client's own; labelling a local
    /// file reads and writes the same way without one.
    @Test(.enabled(if: kubectl != nil, "kubectl is not on PATH"))
    func kubectlReadsTheSameTexts() throws {
        let kubectl = try #require(Self.kubectl)
        var data = Mapping()
        for (index, text) in CuratedText.all.enumerated() { data["k\(index)"] = .string(text) }
        let map: Node = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "m"], "data": .mapping(data)]
        let (status, output) = try Python.run(
            [kubectl, "label", "--local", "--filename", "-", "--output", "json", "read=yes"],
            input: YAMLEmitter.emit(map))
        #expect(status == 0)
        let read = try JSONParser.parse(output, file: SourceFile("kubectl"))
        for (index, text) in CuratedText.all.enumerated() {
            #expect(read.value("data", "k\(index)") == .string(text), "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("yes", "\"yes\"\n"), ("1.10", "\"1.10\"\n"), ("plain text", "plain text\n"), ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"), ("a\n\nb\n\n", "|+\n  a\n\n  b\n\n"), ("a: b", "\"a: b\"\n"),
        ("nvidia.com/gpu", "nvidia.com/gpu\n"), ("\u{85}", "\"\\u0085\"\n"), ("4Gi", "4Gi\n"),
    ])
    func choosesTheMostReadableStyle(text: String, expected: String) {
        #expect(YAMLEmitter.emit(.string(text)) == expected)
    }

    @Test(
        arguments: [
            ("1e3", "1.0e+3"), ("0o17", "15"), ("0xff", "255"), ("123456789012345678901234567890", nil), ("1.10", nil),
            ("-0", nil), ("+1", "1"), (".5", "0.5"), ("5.", "5.0"), ("007", "7"), ("-.5E-3", "-0.5e-3"),
            ("1E400", nil),
        ] as [(String, String?)])
    func numbersAreWrittenForEveryReader(text: String, expected: String?) throws {
        let node = try YAMLParser.parseOne(text, file: SourceFile("n"))
        let emitted = YAMLEmitter.emit(node).dropLast()
        if text == "1E400" {
            // Too large for a double: the digits stay, whatever readers make of them.
            #expect(node.number != nil)
        } else {
            #expect(emitted == expected ?? text)
        }
    }

    @Test func documentsAreSeparated() throws {
        let text = YAMLEmitter.emit(documents: [["a": 1], "text", []])
        #expect(text == "a: 1\n---\ntext\n---\n[]\n")
        #expect(try YAMLParser.parse(text, file: SourceFile("d")) == [["a": 1], "text", []])
    }
}
