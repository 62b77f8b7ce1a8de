/// Lets so many tests in at a time: each runs processes of its own, and dozens at once would measure the
/// machine.
package actor Gate {
    /// For all that runs services in a cluster, whatever target it belongs to: they share one control plane.
    package static let cluster = Gate(places: 8)

    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(places: Int) {
        self.places = places
    }

    /// Takes a place, as soon as there is one; ``leave()`` gives it back.
    package func enter() async {
        if places > 0 {
            places -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Gives the place to whoever has waited longest.
    package func leave() {
        if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
    }
}
