import Glibc

/// Pictures from formulas: not photographs and not learnt from any, but real pixels to move, store and count.
package enum ProceduralImage: String, CaseIterable, Sendable {
    /// A few discs of random place, size and colour on a gradient.
    case shapes
    /// A straight blend of two colours in a random direction.
    case gradient
    /// Value noise: random colours on a lattice, blended smoothly, in three octaves (Perlin, "An Image Synthesizer",
    /// 1985, in its simplest form).
    case noise

    package func draw(width: Int, height: Int, using random: inout SeededGenerator) -> Raster {
        switch self {
        case .shapes: Self.shapes(width, height, &random)
        case .gradient: Raster(width: width, height: height, colour: Self.gradient(width, height, &random))
        case .noise: Self.noise(width, height, &random)
        }
    }

    private static func gradient(
        _ width: Int, _ height: Int, _ random: inout SeededGenerator
    ) -> (Int, Int) -> Raster.Colour {
        let from = Raster.Colour.random(using: &random)
        let to = Raster.Colour.random(using: &random)
        let angle = random.nextUnit() * 2 * Double.pi
        let (dx, dy) = (cos(angle), sin(angle))
        let reach = abs(dx) * Double(width) + abs(dy) * Double(height)
        return { x, y in
            let along = (Double(x) - Double(width) / 2) * dx + (Double(y) - Double(height) / 2) * dy
            return from.mixed(with: to, along / reach + 0.5)
        }
    }

    private static func shapes(_ width: Int, _ height: Int, _ random: inout SeededGenerator) -> Raster {
        let background = gradient(width, height, &random)
        let size = Double(min(width, height))
        let discs = (0..<Int.random(in: 3...8, using: &random)).map { _ in
            (
                x: random.nextUnit() * Double(width), y: random.nextUnit() * Double(height),
                radius: size * (0.05 + 0.2 * random.nextUnit()), colour: Raster.Colour.random(using: &random)
            )
        }
        return Raster(width: width, height: height) { x, y in
            let disc = discs.last { disc in
                let (dx, dy) = (Double(x) - disc.x, Double(y) - disc.y)
                return dx * dx + dy * dy <= disc.radius * disc.radius
            }
            return disc?.colour ?? background(x, y)
        }
    }

    private static func noise(_ width: Int, _ height: Int, _ random: inout SeededGenerator) -> Raster {
        let octaves = [4, 8, 16].map { cells in
            (cells: cells, lattice: (0..<(cells + 1) * (cells + 1)).map { _ in random.nextUnit() })
        }
        let dark = Raster.Colour.random(using: &random)
        let light = Raster.Colour.random(using: &random)
        return Raster(width: width, height: height) { x, y in
            var sum = 0.0
            var weight = 0.5
            for octave in octaves {
                let across = Double(x) / Double(width) * Double(octave.cells)
                let down = Double(y) / Double(height) * Double(octave.cells)
                sum += weight * blend(octave.lattice, octave.cells + 1, across, down)
                weight /= 2
            }
            return dark.mixed(with: light, sum / 0.875)
        }
    }

    /// Bilinear between the four lattice points around, eased by 3t² − 2t³.
    private static func blend(_ lattice: [Double], _ stride: Int, _ x: Double, _ y: Double) -> Double {
        let (column, row) = (Int(x), Int(y))
        let (u, v) = (ease(x - Double(column)), ease(y - Double(row)))
        let corner = row * stride + column
        let upper = lattice[corner] + (lattice[corner + 1] - lattice[corner]) * u
        let lower = lattice[corner + stride] + (lattice[corner + stride + 1] - lattice[corner + stride]) * u
        return upper + (lower - upper) * v
    }

    private static func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }
}
