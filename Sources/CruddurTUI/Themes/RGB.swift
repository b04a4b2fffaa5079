import Foundation

/// A colour of the sRGB space.
struct RGB: Hashable, Sendable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    /// `nil` for what is not `#rrggbb`.
    init?(_ text: String) {
        let digits = text.dropFirst()
        guard text.hasPrefix("#"), digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let number = UInt32(digits, radix: 16)
        else { return nil }
        (red, green, blue) = (UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255))
    }

    init(_ red: Int, _ green: Int, _ blue: Int) {
        (self.red, self.green, self.blue) = (UInt8(red), UInt8(green), UInt8(blue))
    }

    /// How well the one can be read on the other: 1 to 21. Source: WCAG 2.2, contrast ratio.
    func contrast(with other: RGB) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }

    private var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// The place of the colour that is the nearest, of those that a terminal with so many has.
    func nearest(of count: Int) -> Int {
        let candidates = count >= 256 ? 16..<256 : 0..<min(16, max(1, count))
        return candidates.min { distance(to: Self.palette[$0]) < distance(to: Self.palette[$1]) } ?? 0
    }

    /// The eye sees green best.
    private func distance(to other: RGB) -> Int {
        func square(_ one: UInt8, _ two: UInt8) -> Int { (Int(one) - Int(two)) * (Int(one) - Int(two)) }
        return 2 * square(red, other.red) + 4 * square(green, other.green) + 3 * square(blue, other.blue)
    }

    /// As xterm has them: the sixteen, a cube of six steps, and greys. Others have other sixteen.
    private static let palette: [RGB] = {
        let sixteen = [
            (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
            (229, 229, 229),
            (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
            (255, 255, 255),
        ].map { RGB($0.0, $0.1, $0.2) }
        let steps = [0, 95, 135, 175, 215, 255]
        let cube = steps.flatMap { red in steps.flatMap { green in steps.map { RGB(red, green, $0) } } }
        return sixteen + cube + (0..<24).map { RGB(8 + $0 * 10, 8 + $0 * 10, 8 + $0 * 10) }
    }()
}
