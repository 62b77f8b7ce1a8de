/// A picture of 8-bit RGB pixels, row by row from the top.
package struct Raster: Equatable, Sendable {
    package let width: Int
    package let height: Int
    /// Three bytes a pixel: red, green, blue.
    package private(set) var pixels: [UInt8]

    package struct Colour: Equatable, Sendable {
        package var red: Double
        package var green: Double
        package var blue: Double

        static func random(using random: inout SeededGenerator) -> Colour {
            Colour(red: random.nextUnit(), green: random.nextUnit(), blue: random.nextUnit())
        }

        func mixed(with other: Colour, _ share: Double) -> Colour {
            Colour(
                red: red + (other.red - red) * share, green: green + (other.green - green) * share,
                blue: blue + (other.blue - blue) * share)
        }
    }

    /// Draws a picture pixel by pixel; the components of a colour run from 0 to 1.
    package init(width: Int, height: Int, colour: (_ x: Int, _ y: Int) -> Colour) {
        self.width = width
        self.height = height
        pixels = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let point = colour(x, y)
                for component in [point.red, point.green, point.blue] {
                    pixels.append(UInt8(min(max(component, 0), 1) * 255))
                }
            }
        }
    }
}
