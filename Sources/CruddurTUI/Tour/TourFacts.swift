import CruddurDemo
import ExactText
import TerminalText
import Timestamps
import Traces

/// What has come of a step's act: from the calls and from the table, not from a script.
struct TourFacts: Equatable {
    enum Outcome: Equatable { case waiting, came, wentElsewhere }

    private(set) var outcome = Outcome.came
    private(set) var lines: [String] = []

    /// - Parameters:
    ///   - calls: oldest first.
    ///   - group: the conversation's uuid.
    ///   - me: whose row it is about.
    init(
        _ tour: Tour, _ calls: [InspectedCall], _ table: [TableRow], group: String?, me: String?,
        _ localTime: LocalTime, _ prices: CapacityPrice
    ) {
        guard let act = tour.act, let since = tour.since else { return }
        if let letter = act.letter {
            if let call = Self.call(calls, letter, since: since) {
                lines = Self.lines(of: call, letter, localTime, prices)
            } else if letter == "D", let call = Self.call(calls, "C", since: since) {
                outcome = .wentElsewhere
                lines =
                    Self.lines(of: call, "C", localTime, prices) + [tr("You two have a group already: it went there.")]
            } else {
                outcome = .waiting
                lines = [tr("Nothing has come of it yet.")]
            }
        } else if Self.posts(calls, since: since) < act.sends {
            outcome = .waiting
            lines = [tr("Nothing has come of it yet.")]
        }
        guard tour.step.pane == .table else { return }
        if tour.step.fault == .twoGroups {
            let rows = table.count { $0.isIndexed && $0.owner == me && $0.text.hasPrefix("@\(TourStep.other):") }
            lines.append(tr("rows of yours with @\(TourStep.other): \(rows)"))
        } else if let row = Self.row(table, group: group, me: me) {
            lines.append(row)
        }
    }

    /// Messages that were answered.
    static func posts(_ calls: [InspectedCall], since: Int64) -> Int {
        calls.count {
            $0.call.start >= since && $0.call.attributes["http.request.method"]?.text == "POST" && $0.status != nil
        }
    }

    private static func call(_ calls: [InspectedCall], _ letter: String, since: Int64) -> InspectedCall? {
        calls.last { $0.call.start >= since && $0.letters.contains(letter) }
    }

    private static func lines(
        of call: InspectedCall, _ letter: String, _ localTime: LocalTime, _ prices: CapacityPrice
    ) -> [String] {
        guard letter == "E" else {
            // The operation that is the pattern; before it there may be others.
            let own = call.operations.last { $0.attributes["cruddur.pattern"]?.text == letter } ?? call.operations.last
            return [CallWording.head(of: call, localTime).text] + (own.map { [CallWording.operation($0)] } ?? [])
        }
        let record = CallWording.lines(of: call, localTime).last { $0.kind == .record }
        let moving = call.records.flatMap(\.operations)
        let costs = [(tr("message"), call.operations), (tr("moving"), moving)].compactMap { what, steps in
            CallWording.cost(of: units(steps), prices).map { "\(what) \($0)" }
        }
        return [record?.text.trimmed, costs.joined(separator: ", ")].compactMap { $0 }.filter { !$0.isEmpty }
    }

    private static func units(_ steps: [TraceSpan]) -> (read: Double, write: Double) {
        steps.reduce((0, 0)) { ($0.0 + $1.readUnits, $0.1 + $1.writeUnits) }
    }

    /// How the row stands to the newest message.
    private static func row(_ table: [TableRow], group: String?, me: String?) -> String? {
        guard let group else { return nil }
        let own = table.filter { $0.group == group }
        let row = own.last { $0.isIndexed && $0.owner == me }
        guard let newest = own.last(where: { $0.partition.hasPrefix("MSG#") }) else { return nil }
        guard let row else { return tr("no row of yours; newest message at \(time(newest.sort))") }
        let state =
            if row.sort != newest.sort {
                tr("newest message at \(time(newest.sort))")
            } else if row.said.isExactly(newest.said) { tr("as the newest message") } else {
                tr("but it tells a message that is gone")
            }
        return tr("your row at \(time(row.sort)), \(state)")
    }

    private static func time(_ sort: String) -> String { String(sort.dropFirst(11).prefix(15)) }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}

extension TableRow {
    /// Its text without who said it.
    fileprivate var said: String { String(text.drop { $0 != ":" }.dropFirst(2)) }
}
