import BoundedNumbers
import TerminalText
import Timestamps
import Traces

/// A line of the inspector.
struct CallLine: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case call, failure, operation, record }

    let kind: Kind
    let text: String
}

/// Calls in words.
enum CallWording {
    /// - Parameter shortens: uuids are told by their beginnings.
    static func lines(of call: InspectedCall, _ localTime: LocalTime, shortens: Bool = true) -> [CallLine] {
        let shortened = shortens ? shortened : { $0 }
        var lines = [head(of: call, localTime, shortened)]
        lines += operations(call.operations, shortened)
        for record in call.records {
            lines.append(line(of: record.step))
            lines += operations(record.operations, shortened)
        }
        return lines
    }

    /// All that there is to know of it: its lines, what it has cost, when exactly, and how to do it again.
    static func whole(_ call: InspectedCall, _ localTime: LocalTime, _ prices: CapacityPrice) -> [CallLine] {
        let cost = cost(of: call.units, prices)
        let facts = [
            "", cost.map { tr("\($0), with what came of it") }, cost.map { _ in tr(reason: prices.name) },
            tr("begun \(call.start.description)"), tr("trace \(call.trace)"),
        ].compactMap { $0 }
        let again = [CopiedCall.aws(call), CopiedCall.curl(call)].compactMap { $0 }.flatMap {
            [""] + $0.split(separator: "\n").map(String.init)
        }
        return lines(of: call, localTime, shortens: false)
            + (facts + again).map { CallLine(kind: .operation, text: $0) }
    }

    /// `1.5 RU 4 WU $0.0000054`; `nil` for nothing.
    static func cost(of units: (read: Double, write: Double), _ prices: CapacityPrice) -> String? {
        guard units.read + units.write > 0 else { return nil }
        let dollars = prices.dollars(readUnits: units.read, writeUnits: units.write)
        return "\(words(units)) \(Self.dollars(dollars))"
    }

    /// What a call of the table asked, and what came of it.
    static func operation(_ step: TraceSpan) -> String {
        texts(of: step, shortened).first.map { String($0.drop { $0 == " " }) } ?? ""
    }

    /// `12:03:04 C POST /api/messages 200 12 ms 240 B`
    static func head(
        of call: InspectedCall, _ localTime: LocalTime, _ shortened: (String) -> String = shortened
    ) -> CallLine {
        let step = call.call
        let method = step.attributes["http.request.method"]?.text ?? ""
        let path = step.attributes["url.path"]?.text ?? step.name
        var words = [localTime.clockWithSeconds(call.start), call.pattern ?? "·", method, shortened(path)]
        if let status = call.status { words.append("\(status)") }
        words.append(time(step.duration))
        if call.isHeld { words.append(tr("held")) }
        if let bytes = step.attributes["http.response.body.size"]?.integer, bytes > 0 { words.append(size(bytes)) }
        if let error = step.error { words.append(error) }
        let hasFailed = step.error != nil && !step.wasGivenUp || (call.status ?? 200) >= 400
        return CallLine(kind: hasFailed ? .failure : .call, text: words.joined(separator: " "))
    }

    /// A held call reads the same again and again: said once, with how often.
    private static func operations(_ steps: [TraceSpan], _ shortened: (String) -> String) -> [CallLine] {
        var lines: [(text: String, isFailure: Bool, count: Int)] = []
        for step in steps {
            for text in texts(of: step, shortened) {
                if let last = lines.last, last.text == text {
                    lines[lines.count - 1].count += 1
                } else {
                    lines.append((text, step.error != nil && !step.wasGivenUp, 1))
                }
            }
        }
        return lines.map {
            CallLine(kind: $0.isFailure ? .failure : .operation, text: $0.text + ($0.count > 1 ? " ×\($0.count)" : ""))
        }
    }

    private static func texts(of step: TraceSpan, _ shortened: (String) -> String) -> [String] {
        let name = step.attributes["db.operation.name"]?.text ?? step.name
        var words = [name]
        if let index = step.attributes["aws.dynamodb.index_name"]?.text { words.append(index) }
        if let condition = step.attributes["cruddur.key_condition"]?.text { words.append(shortened(condition)) }
        if step.attributes["aws.dynamodb.scan_forward"]?.flag == false { words.append(tr("newest first")) }
        if let limit = step.attributes["aws.dynamodb.limit"]?.integer { words.append(tr("limit \(limit)")) }
        if step.attributes["aws.dynamodb.consistent_read"]?.flag == true { words.append(tr("consistent")) }
        if let count = step.attributes["aws.dynamodb.count"]?.integer { words.append("→ \(count)") }
        if let error = step.error { words.append(error) }
        words.append(Self.words((step.readUnits, step.writeUnits)))
        let writes = (step.attributes["cruddur.writes"]?.texts ?? []).map { "  " + shortened($0) }
        return ["  " + words.filter { !$0.isEmpty }.joined(separator: " ")] + writes.map { "  " + $0 }
    }

    private static func line(of record: TraceSpan) -> CallLine {
        let lag = record.attributes["cruddur.stream.lag_ms"]?.number ?? 0
        let moved = record.attributes["cruddur.moved"]?.flag == true ? "" : ", \(tr("nothing to move"))"
        return CallLine(
            kind: record.error == nil ? .record : .failure,
            text: "  E " + tr("stream, \(time(Int64(saturating: lag * 1000))) after the write") + moved)
    }

    // MARK: Numbers

    /// Microseconds in words.
    static func time(_ microseconds: Int64) -> String {
        switch microseconds {
        case ..<1000: "\(max(0, microseconds)) µs"
        case ..<10_000_000: "\(microseconds / 1000) ms"
        default: "\(microseconds / 1_000_000) s"
        }
    }

    static func size(_ bytes: Int64) -> String { bytes < 10_000 ? "\(bytes) B" : "\(bytes / 1000) kB" }

    private static func words(_ units: (read: Double, write: Double)) -> String {
        let parts = [(units.read, "RU"), (units.write, "WU")].filter { $0.0 > 0 }
        return parts.map { "\(number($0.0)) \($0.1)" }.joined(separator: " ")
    }

    static func number(_ units: Double) -> String {
        units == units.rounded() ? "\(Int64(saturating: units))" : "\((units * 10).rounded() / 10)"
    }

    /// Dollars, with as many digits as there is something to see.
    static func dollars(_ amount: Double) -> String {
        let digits = String(Int64(saturating: max(0, amount) * 10_000_000))
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return "$\(padded.dropLast(7)).\(padded.suffix(7))"
    }

    /// Identifiers by their first eight letters: what tells them apart at a glance.
    static func shortened(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if isIdentifier(bytes[place...].prefix(identifier.count)) {
                kept += bytes[place..<place + 8]
                kept += Array("…".utf8)
                place += identifier.count
            } else {
                kept.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static let identifier = Array("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".utf8)

    /// By hand: each line of each frame is looked through.
    private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == identifier.count
            && zip(bytes, identifier).allSatisfy { byte, place in
                place == UInt8(ascii: "-")
                    ? byte == place
                    : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }
}
