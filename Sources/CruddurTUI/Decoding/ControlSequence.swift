import BoundedNumbers

/// `CSI private parameters intermediates final`, taken apart.
struct ControlSequence: Equatable, Sendable {
    /// `<`, `=`, `>` or `?`; `nil`: none.
    let marker: UInt8?
    /// Between semicolons, and within those between colons; what is left out or no number is `nil`.
    let parameters: [[Int?]]
    let intermediates: [UInt8]
    let final: UInt8

    /// More is no terminal's parameter.
    private static let bounds = 0...9_999_999

    /// - Parameters:
    ///   - body: what stands between the introducer and the final byte.
    init(body: some Collection<UInt8>, final: UInt8) {
        let marker = body.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        let rest = marker == nil ? Array(body) : Array(body.dropFirst())
        let digits = rest.prefix { (0x30...0x3F).contains($0) }
        self.marker = marker
        self.final = final
        intermediates = Array(rest.dropFirst(digits.count))
        parameters = digits.isEmpty ? [] : Self.fields(digits, UInt8(ascii: ";")).map(Self.numbers)
    }

    /// The whole parameter `index`; `nil` where there is none.
    func number(_ index: Int, part: Int = 0) -> Int? {
        guard parameters.indices.contains(index), parameters[index].indices.contains(part) else { return nil }
        return parameters[index][part]
    }

    private static func numbers(_ field: ArraySlice<UInt8>) -> [Int?] {
        fields(field, UInt8(ascii: ":")).map { Int(decimal: String(decoding: $0, as: UTF8.self), in: bounds) }
    }

    private static func fields(_ bytes: ArraySlice<UInt8>, _ separator: UInt8) -> [ArraySlice<UInt8>] {
        bytes.split(separator: separator, omittingEmptySubsequences: false)
    }
}
