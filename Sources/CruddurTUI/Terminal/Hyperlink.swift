/// Marks around what leads to an address, by which a terminal opens it. Source: OSC 8, as xterm's and VTE's authors have
/// agreed on it.
enum Hyperlink {
    /// Longer ones are left to themselves: terminals cut them.
    private static let longest = 2000

    static let end = "\u{1B}]8;;\u{1B}\\"

    /// - Returns: `nil` for what is no address of a web page.
    static func begin(_ address: String) -> String? {
        guard address.utf8.count <= longest, ["https://", "http://"].contains(where: address.lowercased().hasPrefix)
        else { return nil }
        // Nothing but printable ASCII, whatever the message held; `;` parts what the mark says.
        let written = address.utf8.map { byte -> String in
            let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: ";")
            return isPlain
                ? String(Character(Unicode.Scalar(byte)))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        // The parts of one that is wrapped belong together.
        return "\u{1B}]8;id=\(identity(address));\(written)\u{1B}\\"
    }

    /// FNV-1a: the same for the same address.
    private static func identity(_ address: String) -> String {
        String(address.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 36)
    }
}
