import Glibc

/// Sounds from formulas: not speech or music, and not learnt from any.
package enum Synthesizer: String, CaseIterable, Sendable {
    /// Notes of a pentatonic scale, each with an attack and an exponential decay.
    case notes
    /// One sine tone, faded in and out.
    case tone
    /// White noise at a quarter of full scale.
    case noise

    /// Draws samples between -1 and 1.
    package func samples(_ count: Int, rate: Int, using random: inout SeededGenerator) -> [Double] {
        switch self {
        case .notes: Self.notes(count, rate, &random)
        case .tone: Self.tone(count, rate, &random)
        case .noise: (0..<count).map { _ in (random.nextUnit() * 2 - 1) * 0.25 }
        }
    }

    private static func tone(_ count: Int, _ rate: Int, _ random: inout SeededGenerator) -> [Double] {
        let step = 2 * Double.pi * (220 + 660 * random.nextUnit()) / Double(rate)
        let fade = Double(max(1, min(rate / 50, count / 2)))
        return (0..<count).map { index in
            let envelope = min(1, min(Double(index), Double(count - 1 - index)) / fade)
            return 0.6 * envelope * sin(step * Double(index))
        }
    }

    private static func notes(_ count: Int, _ rate: Int, _ random: inout SeededGenerator) -> [Double] {
        let scale = [0.0, 2, 4, 7, 9, 12]
        let length = max(1, rate / 4)
        var samples: [Double] = []
        samples.reserveCapacity(count)
        while samples.count < count {
            let semitone = scale[Int.random(in: 0..<scale.count, using: &random)]
            let step = 2 * Double.pi * 261.63 * pow(2, semitone / 12) / Double(rate)
            for index in 0..<min(length, count - samples.count) {
                let time = Double(index) / Double(rate)
                let envelope = min(1, time / 0.01) * exp(-6 * time)
                samples.append(0.6 * envelope * sin(step * Double(index)))
            }
        }
        return samples
    }
}
