import Testing

@testable import ReferenceWorkload

@Suite struct SeededGeneratorTests {
    /// The published algorithms, written again in Python, give the same numbers.
    @Test(arguments: [0, 1, 42, UInt64.max]) func followsXoshiro256PlusPlus(seed: UInt64) async throws {
        let script = """
            M = (1 << 64) - 1
            def mix(s):
                while True:
                    s = (s + 0x9E3779B97F4A7C15) & M
                    z = ((s ^ (s >> 30)) * 0xBF58476D1CE4E5B9) & M
                    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
                    yield z ^ (z >> 31)
            rotate = lambda x, k: ((x << k) | (x >> (64 - k))) & M
            m = mix(\(seed)); s = [next(m) for _ in range(4)]
            for _ in range(8):
                print((rotate((s[0] + s[3]) & M, 23) + s[0]) & M)
                t = (s[1] << 17) & M
                s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotate(s[3], 45)
            """
        var random = SeededGenerator(seed: seed)
        let expected = try await Python.run(script)
        #expect((0..<8).map { _ in String(random.next()) }.joined(separator: "\n") == expected)
    }

    @Test func unitNumbersStayInsideTheOpenInterval() {
        var random = SeededGenerator(seed: 3)
        let units = (0..<10_000).map { _ in random.nextUnit() }
        #expect(units.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(abs(units.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }

    @Test(arguments: [(0.5, 0.0), (0.975, 1.959963984540054), (0.001, -3.090232306167813), (1e-9, -5.997807015007686)])
    func normalQuantilesMatchPublishedValues(probability: Double, quantile: Double) {
        #expect(abs(NormalDistribution.quantile(probability) - quantile) < 1e-9)
        #expect(abs(NormalDistribution.cumulative(quantile) - probability) < 1e-12)
    }
}
