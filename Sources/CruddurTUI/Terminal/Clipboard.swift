import CNcurses
import Foundation

extension Terminal {
    /// Gives a text to the terminal for its clipboard (OSC 52), also through ssh. A terminal that knows no such thing
    /// ignores it. It goes with what is drawn next.
    mutating func copy(_ text: String) {
        let sequence = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
        sequence.withCString { cn_append($0, sequence.utf8.count) }
    }
}
