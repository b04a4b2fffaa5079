import TestSupport
import Testing
import Timestamps

@testable import CruddurDemo
@testable import CruddurTUI

/// The table's items as they change.
struct TableViewTests {
    private static let nia = "11111111-0000-4000-8000-000000000001"
    private static let mei = "22222222-0000-4000-8000-000000000002"
    private static let tomasz = "33333333-0000-4000-8000-000000000003"
    private static let group = "group-mei"

    private static let entities = ["MSG#": "message", "GRP#": "message group", "PAIR": "pair"]

    private static func row(
        _ partition: String, _ sort: String, group: String? = group, owner: String? = nil, isIndexed: Bool = false,
        _ text: String = ""
    ) -> TableRow {
        TableRow(
            partition: partition, sort: sort, group: group, owner: owner, entity: entities[String(partition.prefix(4))],
            isIndexed: isIndexed, text: text,
            json: "{\n  \"pk\": {\"S\": \"\(partition)\"},\n  \"message\": {\"S\": \"\(text)\"}\n}")
    }

    private static func at(_ minute: Int) -> String { "2026-11-24T11:\(10 + minute):00.000000+00:00" }

    /// After `count` messages; the groups stand where the message `moved` has moved them.
    static func table(messages count: Int, moved: Int) -> [TableRow] {
        (1...count).map { row("MSG#\(group)", at($0), "@mei: number \($0)") } + [
            row("GRP#\(nia)", at(moved), owner: "nia", isIndexed: true, "@mei: number \(moved)"),
            row("GRP#\(nia)", at(0), group: "other", owner: "nia", isIndexed: true, "@tomasz: older"),
            row("GRP#\(mei)", at(moved), owner: "mei", isIndexed: true, "@nia: number \(moved)"),
            row("GRP#\(tomasz)", at(0), group: "other", owner: "tomasz", isIndexed: true, "@nia: older"),
            row("PAIR#\(nia)#\(mei)", "PAIR"),
        ]
    }

    private func texts(_ table: TableView, room: Int = 40, after seconds: Double = 0) -> [String] {
        TableLines.lines(
            table, of: Self.group, room: room, reads: [:], now: Fixture.now.advanced(bySeconds: seconds)
        ).map(\.text)
    }

    private func table(_ changes: [[TableRow]]) -> TableView {
        var table = TableView()
        table.isShown = true
        for rows in changes { table.take(rows, Fixture.now) }
        return table
    }

    @Test func aRowThatMovesIsSeenWhereItWasAndWhereItIs() {
        let moving = table([Self.table(messages: 2, moved: 1), Self.table(messages: 2, moved: 2)])
        #expect(
            texts(moving) == [
                "GRP#11111111… @nia · message group", "+ 11-24T11:12:00.000000 @mei: number 2",
                "− 11-24T11:11:00.000000 @mei: number 1",
                "  11-24T11:10:00.000000 @tomasz: older",
                "GRP#22222222… @mei · message group", "+ 11-24T11:12:00.000000 @nia: number 2",
                "− 11-24T11:11:00.000000 @nia: number 1",
                "message-group-sk-index group-mei",
                "+ 11-24T11:12:00.000000 @mei: number 2", "+ 11-24T11:12:00.000000 @nia: number 2",
                "− 11-24T11:11:00.000000 @mei: number 1", "− 11-24T11:11:00.000000 @nia: number 1",
                "PAIR#11111111…#22222222… · pair", "  PAIR ",
                "MSG#group-mei · message", "  11-24T11:11:00.000000 @mei: number 1",
                "  11-24T11:12:00.000000 @mei: number 2",
            ])
        // For a moment; and the terminal is drawn again when that is over.
        #expect(moving.nextChange(Fixture.now) == Fixture.now.advanced(bySeconds: TableView.glow))
        let settled = texts(moving, after: TableView.glow)
        #expect(!settled.contains { $0.hasPrefix("+") || $0.hasPrefix("−") } && settled.count == 13)
        #expect(moving.nextChange(Fixture.now.advanced(bySeconds: TableView.glow)) == nil)
    }

    @Test func whatIsThereAtFirstIsNoNewsAndWhatIsChangedIs() {
        let first = table([Self.table(messages: 3, moved: 3)])
        #expect(texts(first).allSatisfy { !$0.hasPrefix("+") } && first.nextChange(Fixture.now) == nil)
        var rows = Self.table(messages: 3, moved: 3)
        rows[0] = Self.row("MSG#\(Self.group)", Self.at(1), "@mei: (erased)")
        #expect(
            texts(table([Self.table(messages: 3, moved: 3), rows])).contains("~ 11-24T11:11:00.000000 @mei: (erased)"))
    }

    @Test("never more lines than there is room, and always the newest message", arguments: 7..<60)
    func fits(_ room: Int) {
        let lines = texts(
            table([Self.table(messages: 40, moved: 39), Self.table(messages: 41, moved: 41)]), room: room)
        #expect(lines.count <= max(room, 10))
        #expect(lines.last?.hasPrefix("+ 11-24T11:51:00") == true)
    }

    @Test("whatever happens, it shows what the table holds once all is quiet", arguments: 0..<50)
    func seeds(_ seed: UInt64) {
        var random = Seeded(seed)
        var view = TableView()
        var now = Fixture.now
        var rows = Set<TableRow>()
        for step in 0..<60 {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let row = Self.row(
                    "P\(Int.random(in: 0..<3, using: &random))", "\(Int.random(in: 0..<6, using: &random))",
                    "\(Int.random(in: 0..<2, using: &random))")
                rows = rows.filter { ($0.partition, $0.sort) != (row.partition, row.sort) }
                if Bool.random(using: &random) { rows.insert(row) }
            }
            now = now.advanced(bySeconds: Double.random(in: 0...2, using: &random))
            view.take(Array(rows), now)
            let there = view.rows(now).filter { $0.change != .left }.map(\.row)
            #expect(Set(there) == rows && there.count == rows.count, "step \(step)")
            #expect(Set(view.rows.map { "\($0.row.partition) \($0.row.sort)" }).count == view.rows.count)
        }
        let later = now.advanced(bySeconds: TableView.glow)
        #expect(Set(view.rows(later).map(\.row)) == rows && view.rows(later).allSatisfy { $0.change(later) == nil })
    }

    // MARK: In the chat

    private func chat(_ width: Int = 120, _ height: Int = 40) -> AppState {
        var state = Fixture.state(width, height)
        state.table.file = "/home/nia/table.sqlite"
        #expect(state.press(Key(.function(3))) == [.watchTable(true), .watchCalls(true)])
        _ = update(&state, .table(Self.table(messages: 5, moved: 5)))
        return state
    }

    private func screen(_ state: AppState) -> String { Screen.draw(state).lines.joined(separator: "\n") }

    @Test func itStandsInPlaceOfTheListAndOfTheCalls() {
        var state = chat()
        #expect(screen(state).contains(" Table · 10 items") && screen(state).contains("GRP#11111111… @nia"))
        state.press(Key(.character("h")), Key(.character("i")))
        #expect(state.draft.text == "hi")
        #expect(state.press(Key(.function(2))) == [.watchTable(false), .watchCalls(true)])
        #expect(screen(state).contains(" Calls") && !screen(state).contains(" Table"))
        #expect(state.press(Key(.function(3))) == [.watchTable(true), .watchCalls(true)])
        #expect(state.press(Key(.function(3))) == [.watchTable(false), .watchCalls(false)])
        #expect(screen(state).contains("Tomasz"))
    }

    @Test func anItemIsChosenAndShownWhole() {
        var state = chat()
        state.press(Key(.function(4)))
        #expect(screen(state).contains("› MSG#group-mei 2026-11-24T11:15:00.000000+00:00 @mei: number 5"))
        state.press(Key(.up), Key(.enter))
        #expect(screen(state).contains(#""message": {"S": "@mei: number 4"}"#))
        // It is the one that was opened, whatever becomes of the table.
        _ = update(&state, .table([]))
        #expect(screen(state).contains(#""message": {"S": "@mei: number 4"}"#))
        state.press(Key(.enter), Key(.down), Key(.escape))
        #expect(state.overlay == nil && state.draft.isEmpty)
    }

    @Test func whereThereIsNoTableThatIsSaid() {
        var state = Fixture.state(120, 40)
        #expect(state.press(Key(.function(3))) == [])
        #expect(state.notice?.text.contains("cruddur demo") == true && state.notice?.isProblem == true)
        #expect(screen(state).contains("Tomasz"))
    }

    @Test func aPatternThatHasJustReadIsMarked() {
        let reads = TableLines.reads(
            [CallLogTests.message + CallChoiceTests.list].flatMap { spans in
                var log = CallLog()
                log.take(spans)
                return log.calls(limit: 10)
            }, now: Fixture.now.advanced(bySeconds: 1))
        #expect(reads == ["MSG#\(CallLogTests.group)": "A"])
    }
}
