import Traces

/// The newest calls, put together from steps as they come, in whatever order: this side's, the server's, and what
/// the stream made of a message afterwards.
struct CallLog: Sendable {
    /// Traces that are kept.
    private static let most = 400
    /// Steps of one trace that are kept: a held call reads again and again.
    private static let mostSteps = 200

    private var steps: [String: [TraceSpan]] = [:]
    private var order: [String] = []
    /// For the trace of a stream's record, that of the call which wrote the message.
    private var origins: [String: String] = [:]
    /// Of the newest messages that have passed through the stream, oldest first.
    private(set) var lags: [StreamLag] = []
    /// What has been consumed since the log began, also by calls that are kept no more.
    private(set) var units: (read: Double, write: Double) = (0, 0)
    /// Of the region that was told last.
    private(set) var prices: CapacityPrice?

    mutating func take(_ spans: [TraceSpan]) {
        for span in spans { take(span) }
        let excess = max(0, order.count - Self.most)
        for oldest in order.prefix(excess) {
            steps[oldest] = nil
            origins[oldest] = nil
        }
        order.removeFirst(excess)
    }

    private mutating func take(_ span: TraceSpan) {
        if steps[span.traceID] == nil { order.append(span.traceID) }
        guard steps[span.traceID]?.contains(where: { $0.spanID == span.spanID }) != true else { return }
        units.read += span.readUnits
        units.write += span.writeUnits
        if let told = span.prices { prices = told }
        guard steps[span.traceID, default: []].count < Self.mostSteps || !span.isOfTable else { return }
        steps[span.traceID, default: []].append(span)
        if let lag = StreamLag(span) { lags = lags.suffix(StreamLag.most - 1) + [lag] }
        if span.kind == "consumer", let link = span.links.first { origins[span.traceID] = link.traceID }
    }

    /// The newest calls, oldest first.
    ///
    /// - Parameters:
    ///   - limit: so many at most.
    ///   - isMeant: the others are left out.
    func calls(limit: Int, where isMeant: (InspectedCall) -> Bool = { _ in true }) -> [InspectedCall] {
        var records: [String: [[TraceSpan]]] = [:]
        for (record, call) in origins { records[call, default: []].append(steps[record] ?? []) }
        var calls: [InspectedCall] = []
        for id in order.reversed() {
            guard calls.count < limit else { break }
            guard let call = InspectedCall(steps[id] ?? [], records: records[id] ?? []), isMeant(call) else { continue }
            calls.append(call)
        }
        return calls.reversed()
    }
}

extension TraceSpan {
    /// Whether it is a call of the table.
    var isOfTable: Bool { attributes["db.system.name"] != nil }

    /// Of the region that it was in; `nil`: it says none, or one whose prices are not known.
    var prices: CapacityPrice? { attributes["cloud.region"]?.text.flatMap { CapacityPrice(region: $0) } }
    var readUnits: Double { max(0, attributes["cruddur.read_units"]?.number ?? 0) }
    var writeUnits: Double { max(0, attributes["cruddur.write_units"]?.number ?? 0) }
}
