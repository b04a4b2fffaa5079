import Foundation
import TerminalText
import Timestamps

/// Tells of long work on standard error: in place on a terminal, now and then into a file.
struct Progress {
    private let what: String
    private let total: Int?
    private let isTerminal = isatty(2) == 1
    private let time: any TimeSource
    private let start: Duration
    private var last: Duration

    init(_ what: String, of total: Int? = nil, time: any TimeSource) {
        self.what = what
        self.total = total
        self.time = time
        start = time.elapsed()
        last = start
    }

    mutating func update(_ done: Int) {
        let now = time.elapsed()
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
