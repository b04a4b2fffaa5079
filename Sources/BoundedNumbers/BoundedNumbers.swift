// A number that somebody else wrote (a header, a token, a setting, an option) is finite and within
// bounds before anything is computed with it. These are the only ways in: `Double(text)` takes
// `nan`, `inf` and `0x1p9`, and `Int(double)` ends the program.

extension FixedWidthInteger {
    /// The whole number that `text` writes in decimal digits, with `-` before it if it is negative.
    ///
    ///     UInt16(decimal: "4567", in: 1...65_535)   // 4567
    ///     Int(decimal: "99999999999999999999", in: 0...10)   // nil, and so are "", "+1", " 1", "0x1", "1e3"
    public init?(decimal text: some StringProtocol, in bounds: ClosedRange<Self>) {
        guard text.utf8.first != UInt8(ascii: "+"), let number = Self(text, radix: 10), bounds.contains(number) else {
            return nil
        }
        self = number
    }

    /// The nearest whole number; the nearer end of the type's range for what is beyond it, and 0 for no number.
    public init(saturating number: Double) {
        guard !number.isNaN else {
            self = 0
            return
        }
        let rounded = number.rounded()
        // The first test is exact: a type's greatest value, as a Double, may be one more than it can hold.
        self = Self(exactly: rounded) ?? (rounded < 0 ? .min : .max)
    }
}

extension Double {
    /// The number that `text` writes in decimal digits, with a fraction if it has one.
    ///
    ///     Double(decimal: "0.5", in: 0...60)   // 0.5; nil for "nan", "inf", "1e3", "0x1", ".", "", "-0.5"
    public init?(decimal text: some StringProtocol, in bounds: ClosedRange<Double>) {
        self.init(of: String(text), in: bounds)
    }

    // Of one type of text: what is made for any is looked up when a program starts.
    private init?(of text: String, in bounds: ClosedRange<Double>) {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard text.utf8.count - digits.count <= 1, let first = digits.first, Self.isDigit(first),
            digits.allSatisfy({ Self.isDigit($0) || $0 == UInt8(ascii: ".") }),
            let number = Double(text), number.isFinite, bounds.contains(number)
        else { return nil }
        self = number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
