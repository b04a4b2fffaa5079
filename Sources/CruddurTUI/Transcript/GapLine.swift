import ChatClient
import TerminalText
import Timestamps

/// The words of the line where messages may be missing: as exact as the pane is wide.
enum GapLine {
    /// - Parameters:
    ///   - next: when the conversation goes on; `nil` when it does not.
    ///   - width: cells.
    static func text(from last: Timestamp, to next: Timestamp?, width: Int, _ time: LocalTime) -> String {
        let wordings = next.map { between(last, $0, time) } ?? after(last, time)
        return wordings.first { Lines.width(Lines.single($0)) <= width } ?? wordings.last ?? ""
    }

    private static var shortest: [String] {
        [tr("messages may be missing here"), tr("messages may be missing"), tr("some missing?")]
    }

    private static func after(_ last: Timestamp, _ time: LocalTime) -> [String] {
        [tr("messages after \(time.clock(last)) may be missing")] + shortest
    }

    private static func between(_ last: Timestamp, _ next: Timestamp, _ time: LocalTime) -> [String] {
        let clocks = [last, next].map(time.clock)
        if time.day(last) == time.day(next) { return wordings(clocks) + shortest }
        let days = [last, next].map { "\(time.day($0))" }
        return wordings(zip(days, clocks).map { "\($0) \($1)" }) + wordings(days) + shortest
    }

    private static func wordings(_ ends: [String]) -> [String] {
        [
            tr("messages between \(ends[0]) and \(ends[1]) may be missing"),
            tr("\(ends[0])–\(ends[1]): messages may be missing"),
        ]
    }
}
