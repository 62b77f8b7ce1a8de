import Glibc

/// Moving pictures from formulas, as frames of YCbCr 4:2:0: not filmed, and not learnt from any film.
package enum ProceduralVideo: String, CaseIterable, Sendable {
    /// A bright disc that bounces inside the frame, over a still gradient.
    case bouncingDisc = "bouncing-disc"
    /// A gradient that drifts through the colours.
    case drift

    /// Draws a clip; both sides are even.
    ///
    /// - Returns: for every frame the luma plane, then the two chroma planes of a quarter of its size.
    package func frames(
        _ count: Int, width: Int, height: Int, using random: inout SeededGenerator
    ) -> [[UInt8]] {
        let scene = Scene(width: width, height: height, random: &random)
        return (0..<count).map { scene.frame($0, disc: self == .bouncingDisc) }
    }

    private struct Scene {
        let width: Int
        let height: Int
        let start: (x: Double, y: Double)
        let speed: (x: Double, y: Double)
        let phase: Double

        init(width: Int, height: Int, random: inout SeededGenerator) {
            self.width = width
            self.height = height
            start = (random.nextUnit(), random.nextUnit())
            speed = (0.01 + 0.02 * random.nextUnit(), 0.01 + 0.02 * random.nextUnit())
            phase = random.nextUnit()
        }

        func frame(_ number: Int, disc: Bool) -> [UInt8] {
            let time = Double(number)
            let radius = Double(min(width, height)) / 8
            let centre = (
                x: radius + Self.bounce(start.x + speed.x * time) * (Double(width) - 2 * radius),
                y: radius + Self.bounce(start.y + speed.y * time) * (Double(height) - 2 * radius)
            )
            var planes: [UInt8] = []
            planes.reserveCapacity(width * height * 3 / 2)
            for y in 0..<height {
                for x in 0..<width {
                    let (dx, dy) = (Double(x) - centre.x, Double(y) - centre.y)
                    let isInside = disc && dx * dx + dy * dy <= radius * radius
                    planes.append(isInside ? 225 : UInt8(60 + 80 * x / width + 40 * y / height))
                }
            }
            let turn = 2 * Double.pi * (phase + (disc ? 0 : time / 90))
            for angle in [turn, turn + Double.pi / 2] {
                let chroma = UInt8(128 + 60 * sin(angle))
                planes += repeatElement(chroma, count: width / 2 * (height / 2))
            }
            return planes
        }

        /// Folds a line of travel into 0...1, turning at the ends.
        private static func bounce(_ travel: Double) -> Double {
            let folded = travel.truncatingRemainder(dividingBy: 2)
            return folded <= 1 ? folded : 2 - folded
        }
    }
}
