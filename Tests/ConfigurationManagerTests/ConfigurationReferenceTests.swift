import ConfigurationManager
import Diagnostics
import Documents
import EmbeddedFiles
import Foundation
import Profiles
import Testing

/// `docs/configuration.md` says what the schema says; `RECORD=1` writes it anew.
@Suite struct ConfigurationReferenceTests {
    @Test func thePageIsMadeFromTheSchema() throws {
        let base = try #require(BuiltInProfiles.files["base.yaml"]).contents
        let text = ConfigurationReference.markdown(
            defaults: try YAMLParser.parseOne(base, file: SourceFile("base.yaml")))
        let page = Project.root.appending(path: "docs/configuration.md")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try text.write(to: page, atomically: true, encoding: .utf8)
        }
        let recorded = try String(contentsOf: page, encoding: .utf8)
        #expect(recorded == text, "run RECORD=1 swift test --filter ConfigurationReferenceTests")
    }
}
