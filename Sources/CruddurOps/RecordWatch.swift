import Synchronization
import TerminalText
import Timestamps
import Traces

/// The messages of a stream as they pass: how late each came, and which rows moved for it. It is put together from what
/// pattern E says of itself by tracing.
final class RecordWatch: Sendable {
    /// Messages that nobody has said the end of; with one more, all of them are dropped.
    private static let most = 1000

    private let tell: @Sendable (Passed) -> Void
    private let steps = Mutex<[String: [TraceSpan]]>([:])

    /// - Parameter tell: gets each, in the order in which they were handled.
    init(_ tell: @escaping @Sendable (Passed) -> Void) { self.tell = tell }

    func take(_ span: TraceSpan) {
        guard span.kind == "consumer" else {
            return steps.withLock { steps in
                if steps.count >= Self.most { steps = [:] }
                steps[span.traceID, default: []].append(span)
            }
        }
        tell(Passed(span, steps.withLock { $0.removeValue(forKey: span.traceID) ?? [] }))
    }

    /// A message that has passed.
    struct Passed: Encodable {
        /// When it was taken in hand.
        let at: String
        let sequence: String
        let partition: String
        let sort: String
        /// Seconds after it was written.
        let lag: Double
        /// Seconds that it took.
        let seconds: Double
        let moved: [Move]
        /// How often the rows were to be moved; more than once where others moved them at the same time.
        let tries: Int
        let readUnits: Double
        let writeUnits: Double
        /// Why it was skipped, or is tried again.
        let error: String?
        /// It can never be right, and does not come again.
        let isSkipped: Bool

        struct Move: Encodable, Equatable {
            let partition: String
            let from: String
            let to: String
        }

        init(_ record: TraceSpan, _ steps: [TraceSpan]) {
            func text(_ name: String) -> String { record.attributes[name]?.text ?? "" }
            at = Timestamp(microseconds: record.start).description
            sequence = text("cruddur.stream.sequence")
            partition = text("cruddur.message.partition")
            sort = text("cruddur.message.sort_key")
            lag = (record.attributes["cruddur.stream.lag_ms"]?.number ?? 0) / 1000
            seconds = Double(record.duration) / 1_000_000
            let moves = steps.filter { !$0.writes.isEmpty }
            tries = moves.count
            moved = moves.last { $0.error == nil }.map { Self.moves($0.writes) } ?? []
            readUnits = steps.reduce(0) { $0 + ($1.attributes["cruddur.read_units"]?.number ?? 0) }
            writeUnits = steps.reduce(0) { $0 + ($1.attributes["cruddur.write_units"]?.number ?? 0) }
            error = record.error
            isSkipped = record.attributes["cruddur.stream.skipped"]?.flag == true
        }

        /// Each row is deleted where it was, and put where it comes to.
        private static func moves(_ writes: [TracedWrite]) -> [Move] {
            zip(writes, writes.dropFirst()).compactMap { old, new in
                guard old.operation == "Delete", new.operation == "Put", old.partition == new.partition else {
                    return nil
                }
                return Move(partition: old.partition, from: old.sort, to: new.sort)
            }
        }

        /// For people.
        var line: PrintableText {
            let rows = moved.map { move -> PrintableText in "\(move.partition) from \(move.from)" }
            let what: PrintableText =
                if let error { "\(isSkipped ? "skipped" : "not moved yet"): \(error)" } else if moved.isEmpty {
                    "nothing to move"
                } else {
                    "moved \(rows.joined(separator: ", "))"
                }
            let tries: PrintableText = tries > 1 ? ", \(tries) tries" : ""
            return
                "\(at) \(partition) \(sort): lag \((lag * 1000).rounded() / 1000) s, \(what)\(tries), \(writeUnits) write units"
        }
    }
}
