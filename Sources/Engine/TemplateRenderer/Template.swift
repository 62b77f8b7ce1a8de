package import Diagnostics
package import Documents

/// A JSON-e template (version 4.8, json-e.js.org), compiled once and rendered many times.
///
/// Compiling recognises the operators and parses every expression, so rendering only evaluates.
/// Whatever is wrong with the template alone is found when it is compiled, also in branches that no
/// context would take; the reference implementation finds it when it gets there.
///
/// Rendering is a function of the template, the context and `now`: nothing else is read.
package struct Template: Sendable {
    let root: Part
    let place: Place

    /// Compiles `node`.
    ///
    /// - Parameter source: the text that `node` was read from. With it, problems inside strings are
    ///   told with their own column; without it, with the column where the string begins.
    /// - Throws: all the problems that do not depend on a context, in the template's order.
    package init(_ node: Node, source: String? = nil) throws(DiagnosticReport) {
        var compiler = TemplateCompiler(source: source.map(TemplateSource.init))
        root = compiler.compile(node)
        place = Place(location: node.location, path: Place.rootPath)
        try compiler.problems.throwIfErrors()
    }

    /// The template's value for `context`.
    ///
    /// Literals keep the template's locations and values of the context theirs; a computed value has
    /// the location of the first context value in it, or else of its expression. A template that comes
    /// to nothing, as `$if` without `else` can, is null.
    ///
    /// - Parameter now: the time that `now` and `$fromNow` mean, in RFC 3339; the clock's unless given.
    /// - Throws: the first problem met.
    package func render(_ context: Context, now: String? = nil) throws(Diagnostic) -> Node {
        var renderer = Renderer(context, now: now)
        guard let value = try renderer.render(root, in: nil) else { return Node(.null, at: place.location) }
        guard case .node(let node) = value else {
            throw place.error(
                .templateOperator, "evaluated template contained uncalled functions",
                fix: "call the function, as in `lowercase(name)`",
                notes: [Diagnostic.Note("the value with a function in it", at: value.location)])
        }
        return node
    }
}
