package import ServiceModel

/// Where a value comes from when no data type is named: what holds for all of them, and which set it
/// differently.
package struct GeneralExplanation: Sendable {
    /// What the key is to one data type.
    package struct Item: Sendable {
        package let type: DataType
        package let explanation: Explanation

        package init(type: DataType, explanation: Explanation) {
            self.type = type
            self.explanation = explanation
        }
    }

    /// The layers that speak to every type, and what they come to.
    package let common: Explanation
    /// The types whose own layers have the last word.
    package let exceptions: [Item]

    /// - Parameter items: explanations of the same key, one for each type.
    package init?(_ items: [Item]) {
        guard let first = items.first else { return nil }
        let common = first.explanation.limited { step in
            items.allSatisfy { $0.explanation.chain.contains(step) }
        }
        self.common = common
        exceptions = items.filter {
            $0.explanation.value != common.value || $0.explanation.chain.last != common.chain.last
        }
    }
}
