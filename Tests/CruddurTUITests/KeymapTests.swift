import CruddurDemo
import Foundation
import Testing

@testable import CruddurTUI

/// One table of keys, which everybody reads.
struct KeymapTests {
    @Test func noKeyMeansTwoThingsInOnePlace() {
        for context in KeyContext.allCases {
            let keys = Keymap.sections.flatMap(\.rows).filter { $0.contexts.contains(context) }.flatMap(\.keys)
            let twice = Dictionary(grouping: keys, by: \.key).filter { $0.value.count > 1 }.keys.map(\.name)
            #expect(twice.isEmpty, "\(context): \(twice)")
        }
    }

    @Test func everythingInFrontCanBeClosedAndLeft() {
        for context in KeyContext.allCases {
            #expect(Keymap.command(for: .control("q"), in: context) == .program(.quit))
            let close = Keymap.command(for: Key(.escape), in: context)
            #expect(close == .choice(.close) || close == .program(.back))
        }
    }

    @Test func theHelpShowsEveryRowAndEveryMark() {
        var state = Fixture.state(120, 200)
        state.press(Key(.function(1)))
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        for row in Keymap.sections.flatMap(\.rows) where !row.does.isEmpty {
            #expect(screen.contains(row.keys[0].key.name), "\(row.names)")
            #expect(screen.contains(row.does.prefix(40)), "\(row.does)")
        }
        for mark in DeliveryMark.allCases { #expect(screen.contains(mark.symbol + " ")) }
    }

    @Test func theManualHasTheSameKeysAndMarksInTheSameWords() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/using.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        for part in [Self.keys, Self.marks, Self.commands, Self.exits, Self.faults] {
            let isThere = page.contains(part + "\n")
            #expect(isThere, "docs/using.md should hold:\n\(part)")
        }
    }

    private static var keys: String {
        Keymap.sections.map { section in
            let rows = section.rows.filter { !$0.does.isEmpty }.map { "| \($0.names) | \($0.does) |" }
            return (["| \(section.title) | |", "|---|---|"] + rows).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private static var faults: String {
        (["| Fault | |", "|---|---|"] + SeedFault.allCases.map { "| `\($0.rawValue)` | \($0.says) |" })
            .joined(separator: "\n")
    }

    private static var commands: String {
        (["| Commands | |", "|---|---|"] + TypedCommand.all.map { "| `\($0.usage)` | \($0.does) |" })
            .joined(separator: "\n")
    }

    private static var exits: String {
        (["| a command ends with | |", "|---|---|"] + ExitKind.allCases.map { "| \($0.rawValue) | \($0.means) |" })
            .joined(separator: "\n")
    }

    private static var marks: String {
        (["| mark | |", "|---|---|"] + DeliveryMark.allCases.map { "| `\($0.symbol)` | \($0.means) |" })
            .joined(separator: "\n")
    }
}
