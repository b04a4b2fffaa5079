import CNcurses

/// A theme in the colours that the terminal has.
struct TerminalColors {
    private let theme: ColorTheme
    /// Exact colours for places of the palette that stand for them.
    private var exact: [Int: RGB] = [:]
    private let isUsed: Bool

    static let none = TerminalColors(.terminal, count: 0, isTrue: false)

    /// Gives ncurses the theme's pairs.
    ///
    /// - Parameters:
    ///   - count: colours that the terminal has; 0: none, or none are wanted.
    ///   - isTrue: it has all there are.
    init(_ theme: ColorTheme, count: Int, isTrue: Bool) {
        self.theme = theme
        isUsed = !theme.isPlain && count >= 8
        guard isUsed else { return }
        for (place, role) in Style.Role.allCases.enumerated() {
            let look = theme.look(role)
            let (color, ground) = (number(look.color, count, isTrue), number(look.ground, count, isTrue))
            cn_pair(Int32(Self.first + place), Int32(color), Int32(ground))
        }
    }

    /// Of the pairs; those before it are the terminal's own sixteen colours.
    private static let first = 32
    private static let places = Dictionary(
        uniqueKeysWithValues: Style.Role.allCases.enumerated().map { ($0.element, Int32(first + $0.offset)) })

    /// What `cn_style` takes.
    func look(_ style: Style) -> (color: Int32, attributes: Int32) {
        guard isUsed, let place = Self.places[style.role] else {
            return (Int32(style.color), Int32(style.attributes.rawValue))
        }
        return (place, Int32(theme.attributes(style).rawValue))
    }

    /// Where a terminal has all colours, a place of its palette stands for each exact one until it is written.
    private mutating func number(_ color: RGB?, _ count: Int, _ isTrue: Bool) -> Int {
        guard let color else { return -1 }
        // Such a terminal has no palette: its numbers are colours.
        if count >= 1 << 24 { return Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue) }
        guard isTrue, count >= 256 else { return color.nearest(of: count) }
        if let known = exact.first(where: { $0.value == color })?.key { return known }
        let place = 16 + exact.count
        exact[place] = color
        return place
    }

    // MARK: Exact colours

    /// What ncurses has written, with the exact colours: `38;5;16` becomes `38;2;236;230;247`.
    func exactly(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard !exact.isEmpty else { return Array(bytes) }
        var written: [UInt8] = []
        written.reserveCapacity(bytes.count + bytes.count / 4)
        var place = 0
        while place < bytes.count {
            guard bytes[place] == 0x1B, place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "[") else {
                written.append(bytes[place])
                place += 1
                continue
            }
            var end = place + 2
            while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
            let body = bytes[min(place + 2, bytes.count)..<min(end, bytes.count)]
            let isStyle = end < bytes.count && bytes[end] == UInt8(ascii: "m")
            written += [0x1B, UInt8(ascii: "[")]
            written += isStyle ? exactly(body) : Array(body)
            if end < bytes.count { written.append(bytes[end]) }
            place = end + 1
        }
        return written
    }

    /// As some terminals write it: `38:5:16`.
    private func exactly(colons text: Substring) -> String {
        let numbers = text.split(separator: ":", omittingEmptySubsequences: false)
        guard numbers.count == 3, ["38", "48"].contains(numbers[0]), numbers[1] == "5",
            let color = Int(numbers[2]).flatMap({ exact[$0] })
        else { return String(text) }
        return "\(numbers[0]):2::\(color.red):\(color.green):\(color.blue)"
    }

    private func exactly(_ parameters: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        let numbers = String(decoding: parameters, as: UTF8.self).split(
            separator: ";", omittingEmptySubsequences: false)
        var written: [String] = []
        var place = 0
        while place < numbers.count {
            if ["38", "48"].contains(numbers[place]), place + 2 < numbers.count, numbers[place + 1] == "5",
                let color = Int(numbers[place + 2]).flatMap({ exact[$0] })
            {
                written += [String(numbers[place]), "2", "\(color.red)", "\(color.green)", "\(color.blue)"]
                place += 3
            } else {
                written.append(exactly(colons: numbers[place]))
                place += 1
            }
        }
        return Array(written.joined(separator: ";").utf8)
    }
}
