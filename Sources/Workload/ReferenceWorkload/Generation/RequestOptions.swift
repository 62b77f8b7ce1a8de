package import Documents

/// The members of a request's JSON object, taken one by one and checked.
///
/// The set is closed: `finish()` refuses members that nothing asked for, so that a misspelt one is noticed.
package struct RequestOptions {
    private var members: Mapping
    private var known: [String] = []

    /// - Throws: `ServiceError` (400, `invalid_json`) unless `value` is an object.
    package init(_ value: Node) throws(ServiceError) {
        guard let members = value.mapping else {
            throw ServiceError(
                .badRequest, code: "invalid_json", message: "the body is not a JSON object",
                hint: "send one JSON object, for example {\"seed\": 7}")
        }
        self.members = members
    }

    /// A whole number; `standard` when the member is absent.
    package mutating func integer(_ key: String, in range: ClosedRange<Int>, default standard: Int) throws(ServiceError)
        -> Int
    {
        guard let value = take(key) else { return standard }
        guard value.number?.isInteger == true, let number = value.integer, range.contains(number) else {
            throw Self.invalid(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    package mutating func number(_ key: String, in range: ClosedRange<Double>, default standard: Double)
        throws(ServiceError) -> Double
    {
        guard let value = take(key) else { return standard }
        guard let number = value.number?.double, range.contains(number) else {
            throw Self.invalid(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The member `seed`.
    package mutating func seed(default standard: UInt64) throws(ServiceError) -> UInt64 {
        guard let value = take("seed") else { return standard }
        guard let seed = value.number.flatMap({ UInt64($0.text) }) else {
            throw Self.invalid("seed", "a whole number from 0 to \(UInt64.max)")
        }
        return seed
    }

    package mutating func string(_ key: String) throws(ServiceError) -> String? {
        guard let value = take(key) else { return nil }
        guard let text = value.string else { throw Self.invalid(key, "a string") }
        return text
    }

    /// A string that must be there.
    package mutating func requiredString(_ key: String) throws(ServiceError) -> String {
        guard let text = try string(key) else { throw Self.invalid(key, "this required member, a string") }
        return text
    }

    /// One of a few words; the first one when the member is absent.
    package mutating func choice<Choice>(_ key: String, of type: Choice.Type) throws(ServiceError) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        let words = Choice.allCases.map(\.rawValue)
        guard let word = try string(key) ?? words.first, let choice = Choice(rawValue: word) else {
            throw Self.invalid(key, "one of \(words.joined(separator: ", "))")
        }
        return choice
    }

    /// - Throws: `ServiceError` (400, `unknown_field`) naming a member that nothing took.
    package func finish() throws(ServiceError) {
        guard let member = members.entries.first else { return }
        throw ServiceError(
            .badRequest, code: "unknown_field", message: "unknown field \"\(member.key)\"",
            hint: "the fields are \(known.joined(separator: ", "))")
    }

    private mutating func take(_ key: String) -> Node? {
        known.append(key)
        guard let value = members.remove(key), !value.isNull else { return nil }
        return value
    }

    private static func invalid(_ key: String, _ expected: String) -> ServiceError {
        ServiceError(.badRequest, code: "invalid_field", message: "\(key) is not valid", hint: "give \(expected)")
    }
}
