import Foundation
import TerminalText

/// Tells of long work on standard error: in place on a terminal, now and then into a file.
struct Progress {
    private let what: String
    private let total: Int?
    private let isTerminal = isatty(2) == 1
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now

    init(_ what: String, of total: Int? = nil) {
        self.what = what
        self.total = total
    }

    mutating func update(_ done: Int) {
        let now = ContinuousClock.now
        guard now - last > (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        last = now
        let rate = Double(done) / ((now - start) / .seconds(1))
        let share = total.map { " of \($0)" } ?? ""
        let text: PrintableText = "\(what): \(done)\(share), \(Int(rate)) a second"
        Output.complain(isTerminal ? "\r\(text)\u{1B}[K" : text, terminator: isTerminal ? "" : "\n")
    }

    func finish() {
        if isTerminal, last > start { Output.complain("\r\u{1B}[K", terminator: "") }
    }
}
