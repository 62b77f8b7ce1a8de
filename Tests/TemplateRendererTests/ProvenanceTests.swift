import Diagnostics
import Documents
import Testing

@testable import TemplateRenderer

/// Where the values of the output say they are from.
@Suite struct ProvenanceTests {
    static let context = """
        image: app
        tag: '1.2'
        ports:
          - 80
          - 443
        env:
          A: x
          B: y
        """

    @Test(arguments: [
        ("a: literal", "template.yaml:1:4"),
        ("a: {b: {c: 1}}", "template.yaml:1:4"),
        ("a: {$eval: image}", "context.yaml:1:8"),
        ("a: {$eval: 'ports[1]'}", "context.yaml:5:5"),
        ("a: {$eval: env.B}", "context.yaml:8:6"),
        ("a: {$eval: env}", "context.yaml:7:3"),
        ("a: {$eval: 'env[\"A\"]'}", "context.yaml:7:6"),
        ("a: ${image}:${tag}", "context.yaml:1:8"),
        ("a: x${tag}", "context.yaml:2:6"),
        ("a: x${1 + 1}", "template.yaml:1:4"),
        ("a: {$eval: '1 + 1'}", "template.yaml:1:12"),
        ("a: {$eval: '1 + ports[0]'}", "context.yaml:4:5"),
        ("a: {$eval: '!image'}", "context.yaml:1:8"),
        ("a: {$eval: 'true && tag'}", "context.yaml:2:6"),
        ("a: {$eval: 'uppercase(tag)'}", "context.yaml:2:6"),
        ("a: {$eval: 'max(1, ports[1])'}", "context.yaml:5:5"),
        ("a: {$eval: 'ports[0:1]'}", "context.yaml:4:3"),
        ("a: {$if: 'true', then: {$eval: tag}}", "context.yaml:2:6"),
        ("a: {$let: {x: {$eval: tag}}, in: {$eval: x}}", "context.yaml:2:6"),
        ("a: {$json: {$eval: env}}", "context.yaml:7:3"),
        ("a: {$find: {$eval: ports}, each(p): p > 80}", "context.yaml:5:5"),
        ("a: {$reduce: {$eval: ports}, initial: 0, 'each(s, p)': {$eval: p}}", "context.yaml:5:5"),
        ("a: {$merge: [{$eval: env}]}", "template.yaml:1:4"),
        ("a: {$if: 'false', then: 1, else: [2]}", "template.yaml:1:34"),
    ])
    func valueIsFrom(_ template: String, _ location: String) throws {
        #expect(try Rendering.render(template, Self.context)["a"]?.location.description == location)
    }

    @Test(arguments: [
        "{$map: {$eval: ports}, each(p): {$eval: p}}", "{$sort: {$eval: ports}}", "{$flatten: [{$eval: ports}]}",
        "{$reverse: {$reverse: {$eval: ports}}}", "{$eval: '[ports[0], ports[1]]'}",
    ])
    func itemsKeepTheirPlaces(_ template: String) throws {
        let items = try Rendering.render(template, Self.context).sequence ?? []
        #expect(items.map(\.location.description) == ["context.yaml:4:5", "context.yaml:5:5"])
    }

    @Test(arguments: ["{$merge: [{Z: 1}, {$eval: env}]}", "{$mergeDeep: [{Z: 1}, {$eval: env}]}"])
    func mergedEntriesKeepTheirPlaces(_ template: String) throws {
        let entries = try Rendering.render(template, Self.context).mapping?.entries ?? []
        #expect(entries.last?.keyLocation.description == "context.yaml:8:3")
        #expect(entries.last?.value.location.description == "context.yaml:8:6")
        #expect(entries.first?.value.location.file.name == "template.yaml")
    }

    @Test func mapOverAnObjectKnowsItsKeys() throws {
        let node = try Rendering.render(
            "{$map: {$eval: env}, 'each(v, k)': {'${k}': {name: {$eval: k}}}}", Self.context)
        #expect(node["B"]?["name"]?.location.description == "context.yaml:8:3")
    }

    @Test(arguments: [
        "{$eval: '[1, [2]]'}", "{$eval: 'range(0, 2)'}", "{$eval: '{a: {b: 1}}'}", "{$eval: 'split(\"a b\", \" \")'}",
    ])
    func computedValuesHaveThePlaceOfTheirExpression(_ template: String) throws {
        func check(_ node: Node) {
            #expect(node.location.file.name == "template.yaml")
            #expect(node.location.line == 1)
            for item in node.sequence ?? [] { check(item) }
            for entry in node.mapping?.entries ?? [] { check(entry.value) }
        }
        check(try Rendering.render(template))
    }

    @Test func valuesOfAProgramHaveTheTemplatesPlace() throws {
        let node = try Rendering.template("{$eval: name}").render(
            Context(Mapping(uniqueEntries: [Mapping.Entry("name", "x")])))
        #expect(node.location.description == "template.yaml:1:9")
    }
}
