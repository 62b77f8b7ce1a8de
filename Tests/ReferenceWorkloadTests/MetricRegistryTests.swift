import ServiceModel
import Testing

@testable import ReferenceWorkload

@Suite struct MetricRegistryTests {
    @Test func writesTheTextFormat() {
        let registry = MetricRegistry()
        registry.declare("b_total", .counter, help: "Line\nbreak \\ \"quote\"", labels: ["x"])
        registry.increment("b_total", labels: ["q\"u\\o\nte"], by: 2.5)
        registry.increment("b_total", labels: ["q\"u\\o\nte"])
        registry.increment("b_total", labels: ["wrong", "number"])
        registry.increment("b_total", labels: ["down"], by: -1)
        registry.declare("a_seconds", .histogram(buckets: [0.5, 1]), help: "Time")
        for value in [0.5, 0.75, 3] { registry.observe("a_seconds", value) }
        registry.increment("undeclared_total")
        #expect(
            registry.exposition() == #"""
                # HELP a_seconds Time
                # TYPE a_seconds histogram
                a_seconds_bucket{le="0.5"} 1
                a_seconds_bucket{le="1"} 2
                a_seconds_bucket{le="+Inf"} 3
                a_seconds_sum 4.25
                a_seconds_count 3
                # HELP b_total Line\nbreak \\ "quote"
                # TYPE b_total counter
                b_total{x="q\"u\\o\nte"} 3.5

                """#)
    }

    @Test func labelsFromRequestsCannotGrowWithoutBound() {
        let registry = MetricRegistry()
        registry.declare("n_total", .counter, help: "N", labels: ["size"])
        for size in 0..<1_000 { registry.increment("n_total", labels: ["\(size)"]) }
        let lines = registry.exposition().split(separator: "\n")
        #expect(lines.count == 2 + 101)
        #expect(lines.contains(#"n_total{size="other"} 900"#))
    }

    /// A reader of the format of its own, which refuses what the format's definition doesn't allow.
    @Test(arguments: DataType.allCases) func aStrictReaderAcceptsTheExposition(type: DataType) async throws {
        let script = #"""
            import re, sys
            name, label = r'[a-zA-Z_:][a-zA-Z0-9_:]*', r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
            sample = re.compile(rf'({name})(\{{{label}(?:,{label})*\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|\+Inf|-Inf|NaN)')
            kinds, seen = {}, set()
            text = sys.stdin.read(); assert text.endswith('\n')
            for line in text[:-1].split('\n'):
                if m := re.fullmatch(rf'# HELP ({name}) (.*)', line): family = m[1]; assert family not in kinds
                elif m := re.fullmatch(rf'# TYPE ({name}) (counter|gauge|histogram)', line):
                    assert m[1] == family; kinds[family] = m[2]
                else:
                    m = sample.fullmatch(line); assert m, line
                    base = re.sub('_(bucket|sum|count)$', '', m[1]) if kinds[family] == 'histogram' else m[1]
                    assert base == family, line; assert (m[1], m[2]) not in seen; seen.add((m[1], m[2])); float(m[3])
                    assert m[1].endswith('_total') == (kinds[family] == 'counter'), line
            print(len(kinds), sum(k == 'histogram' for k in kinds.values()))
            """#
        var configuration = WorkloadConfiguration()
        configuration.dataType = type
        configuration.name = "odd \"name\" \\ here"
        let service = try WorkloadService(configuration)
        service.metrics.setUsage(cpu: 0.012, memory: 1e-7)
        _ = service.answer(ServiceRequest(method: "POST", target: "/generate"))
        let body = service.answer(ServiceRequest(method: "GET", target: "/metrics")).body
        #expect(try await Python.run(script, input: body) == (type == .video ? "11 1" : "10 1"))
    }
}
