import Diagnostics
import FoundationEssentials
import ServiceModel

/// A run as a JUnit file: one suite, and a test case for each service.
///
/// The elements and attributes are those that Jenkins' junit-10.xsd, GitLab and GitHub's actions agree on.
struct JUnitReport {
    let text: String

    /// - Parameter problems: what ended the command; where no service failed, they are the command's own.
    init(suite: String, services: [RunRecord.Service], problems: [Diagnostic], start: Date, end: Date) {
        var cases = services.map { service in
            Self.testCase(
                service.identity.name.value, of: Self.className(suite, service.identity), service.problems,
                (service.end ?? end).timeIntervalSince(service.start), output: service.status)
        }
        var failures = services.count { !$0.problems.isEmpty }
        if failures == 0, !problems.isEmpty {
            cases.append(Self.testCase(suite, of: suite, problems, end.timeIntervalSince(start), output: ""))
            failures = 1
        }
        let time = Date.ISO8601FormatStyle().format(start).replacing("Z", with: "")
        text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
              <testsuite name="\(Self.escaped(suite))" tests="\(cases.count)" failures="\(failures)" errors="0" \
            skipped="0" time="\(Self.seconds(end.timeIntervalSince(start)))" timestamp="\(time)">
            \(cases.joined(separator: "\n"))
              </testsuite>
            </testsuites>

            """
    }

    /// `synthdata-infra deploy.synthdata`: reports group by what stands before the last dot.
    private static func className(_ suite: String, _ service: ServiceIdentity) -> String {
        service.namespace.isEmpty ? suite : "\(suite).\(service.namespace)"
    }

    private static func testCase(
        _ name: String, of suite: String, _ problems: [Diagnostic], _ duration: Double, output: String
    ) -> String {
        let start = """
                <testcase name="\(escaped(name))" classname="\(escaped(suite))" time="\(seconds(duration))"
            """
        guard let first = problems.first else {
            return start + "><system-out>\(escaped(output))</system-out></testcase>"
        }
        let text = problems.map(\.description).joined(separator: "\n")
        return """
            \(start)>
                  <failure message="\(escaped(first.what))" type="\(escaped(first.code.name))">\(escaped(text))</failure>
                </testcase>
            """
    }

    private static func seconds(_ duration: Double) -> String {
        let milliseconds = max(0, Int(duration * 1000))
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// What may stand in text and attributes (XML 1.0, section 2.2); a line break of an attribute is kept.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..<"\u{20}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
