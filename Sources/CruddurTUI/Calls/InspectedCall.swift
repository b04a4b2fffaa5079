import Timestamps
import Traces

/// One call, with all that is known of it.
struct InspectedCall: Sendable {
    /// As this side, or else the server, has measured it.
    let call: TraceSpan
    /// Calls of the table that were made for it, in order.
    let operations: [TraceSpan]
    /// What the stream made of its message.
    let records: [Record]

    struct Record: Sendable {
        let step: TraceSpan
        let operations: [TraceSpan]
    }

    /// - Parameters:
    ///   - steps: of one trace.
    ///   - records: the traces of the stream's records that came of it.
    /// - Returns: `nil` for steps of which the call itself has not come.
    init?(_ steps: [TraceSpan], records: [[TraceSpan]]) {
        guard
            let call = steps.first(where: { $0.kind == "client" && !$0.isOfTable })
                ?? steps.first(where: { $0.kind == "server" })
        else { return nil }
        self.call = call
        operations = Self.inOrder(steps)
        self.records = records.compactMap { steps in
            guard let step = steps.first(where: { $0.kind == "consumer" }) else { return nil }
            return Record(step: step, operations: Self.inOrder(steps))
        }
    }

    private static func inOrder(_ steps: [TraceSpan]) -> [TraceSpan] {
        steps.filter(\.isOfTable).sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    }

    /// A to D; `nil` for calls that are no access pattern.
    var pattern: String? {
        call.attributes["cruddur.pattern"]?.text
            ?? operations.compactMap { $0.attributes["cruddur.pattern"]?.text }.last
    }

    /// All that it is and that came of it.
    var letters: Set<String> {
        let steps = [call] + operations + records.flatMap { [$0.step] + $0.operations }
        return Set(steps.compactMap { $0.attributes["cruddur.pattern"]?.text }).union(records.isEmpty ? [] : ["E"])
    }

    /// What tells it apart from all others.
    var trace: String { call.traceID }

    /// What it, and what came of it, has consumed.
    var units: (read: Double, write: Double) {
        (operations + records.flatMap(\.operations)).reduce((0, 0)) {
            ($0.0 + $1.readUnits, $0.1 + $1.writeUnits)
        }
    }

    var start: Timestamp { Timestamp(microseconds: call.start) }
    var status: Int64? { call.attributes["http.response.status_code"]?.integer }
    var isHeld: Bool { call.attributes["cruddur.held"]?.flag == true }
}
