import BoundedNumbers
import Testing

/// Numbers that others wrote.
struct BoundedNumbersTests {
    @Test(
        "what is no decimal number is refused by every conversion",
        arguments: [
            "", " ", "nan", "-nan", "inf", "-inf", "infinity", "0x10", "0x1p4", "1e3", "-1e30", "1e30", "+1", " 1",
            "1 ",
            "1,5", "--1", "-", ".", ".5", "1.2.3", "١٢", "１", "1\u{0}", "1\n",
        ])
    func noNumber(_ text: String) {
        #expect(Double(decimal: text, in: -.infinity ... .infinity) == nil)
        #expect(Int(decimal: text, in: .min ... .max) == nil)
    }

    @Test func boundsHoldAtBothEnds() {
        #expect(UInt16(decimal: "1", in: 1...65_535) == 1)
        #expect(UInt16(decimal: "65535", in: 1...65_535) == 65_535)
        for text in ["0", "65536", "-1", "99999999999", "99999999999999999999999"] {
            #expect(UInt16(decimal: text, in: 1...65_535) == nil)
        }
        #expect(Double(decimal: "0.5", in: 0...1) == 0.5)
        #expect(Double(decimal: "-0.5", in: -1...1) == -0.5)
        #expect(Double(decimal: "2", in: 0...1) == nil)
        #expect(Double(decimal: String(repeating: "9", count: 400), in: 0 ... .greatestFiniteMagnitude) == nil)
    }

    @Test func aNumberTooLargeForItsTypeIsTheTypesEndAndNeverACrash() {
        #expect(Int64(saturating: .infinity) == .max)
        #expect(Int64(saturating: -.infinity) == .min)
        #expect(Int64(saturating: 1e30) == .max)
        #expect(Int64(saturating: -1e30) == .min)
        #expect(Int64(saturating: 9_223_372_036_854_775_808) == .max)
        #expect(Int64(saturating: .nan) == 0)
        #expect(Int64(saturating: 1.5) == 2)
        #expect(UInt8(saturating: -3) == 0)
        #expect(UInt8(saturating: 255.4) == 255)
    }
}
