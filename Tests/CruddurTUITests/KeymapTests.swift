import CruddurDemo
import Foundation
import Testing

@testable import CruddurTUI

/// One table of keys, which everybody reads.
struct KeymapTests {
    @Test(arguments: Keymap.presets)
    func noKeyMeansTwoThingsInOnePlace(_ name: String) throws {
        let keymap = try #require(Keymap.preset(name))
        for context in KeyContext.allCases {
            let keys = keymap.sections.flatMap(\.rows).filter { $0.contexts.contains(context) }.flatMap(\.keys)
            let twice = Dictionary(grouping: keys, by: \.key).filter { $0.value.count > 1 }.keys.map(\.name)
            #expect(twice.isEmpty, "\(context): \(twice)")
        }
    }

    @Test(arguments: Keymap.presets)
    func everythingInFrontCanBeClosedAndLeft(_ name: String) throws {
        let keymap = try #require(Keymap.preset(name))
        for context in KeyContext.allCases where context != .normal || keymap.hasModes {
            #expect(keymap.command(for: .control("q"), in: context) == .program(.quit))
            let close = keymap.command(for: Key(.escape), in: context)
            #expect(close == .choice(.close) || close == .program(.back) || close == .mode(.normal))
        }
    }

    /// Whoever binds keys can name them all, and what they are for, and nothing is bound where it means nothing.
    @Test(arguments: Keymap.presets)
    func everyKeyAndEveryCommandHasAName(_ name: String) throws {
        let keymap = try #require(Keymap.preset(name))
        for context in KeyContext.allCases {
            for (key, command) in keymap.bound(in: context) {
                #expect(Key(named: key.name) == key, "\(key.name)")
                #expect(NamedCommand.of(command) != nil, "\(command)")
                #expect(command.holds(in: context), "\(command) in \(context)")
                #expect(!keymap.isFirst(key, in: context), "\(key.name) in \(context) is never reached")
            }
        }
        let names = NamedCommand.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        ("ctrl-n", Key.control("n")), ("CTRL-SHIFT-UP", Key(.up, [.control, .shift])), ("Alt-Shift-A", .alt("A")),
        ("alt-a", .alt("a")), ("A", Key(.character("A"))), ("esc", Key(.escape)), ("-", Key(.character("-"))),
        ("Alt--", .alt("-")), ("Space", Key(.character(" "))), ("F12", Key(.function(12))),
        ("Ctrl-X b", Key(.character("b"), after: Key.control("x").stroke)), ("é", Key(.character("é"))),
        ("Alt-ß", .alt("ß")), ("Alt-é", .alt("é")), ("Alt-Shift-É", .alt("É")),
    ])
    func keysAreNamed(_ name: String, _ key: Key) {
        #expect(Key(named: name) == key)
        #expect(Key(named: key.name) == key)
    }

    @Test(arguments: ["", " ", "Ctrl-", "Meta-x", "F25", "ab", "Ctrl-X b c", "Ctrl-Nn", "\u{1B}[A"])
    func whatIsNoKeyIsNone(_ name: String) { #expect(Key(named: name) == nil) }

    @Test func theHelpShowsEveryRowAndEveryMark() {
        var state = Fixture.state(120, 200)
        state.press(Key(.function(1)))
        let screen = Screen.draw(state).lines.joined(separator: "\n")
        for row in Keymap.readline.sections.flatMap(\.rows) where !row.does.isEmpty {
            #expect(screen.contains(row.keys[0].key.name), "\(row.names)")
            #expect(screen.contains(row.does.prefix(40)), "\(row.does)")
        }
        for mark in DeliveryMark.allCases { #expect(screen.contains(mark.symbol + " ")) }
    }

    @Test func theManualHasTheSameKeysAndMarksInTheSameWords() throws {
        try Self.expect("docs/using.md", toHold: [Self.keys, Self.marks, Self.commands, Self.exits])
    }

    @Test func thePresentersGuideHasTheSameFaultsInTheSameWords() throws {
        try Self.expect("docs/presenting.md", toHold: [Self.faults])
    }

    private static func expect(_ path: String, toHold parts: [String]) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../" + path)
        let page = try String(contentsOf: file, encoding: .utf8)
        for part in parts {
            let isThere = page.contains(part + "\n")
            #expect(isThere, "\(path) should hold:\n\(part)")
        }
    }

    private static var keys: String {
        Keymap.readline.sections.map { section in
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
        (["| mark | |", "|---|---|"] + DeliveryMark.allCases.map { "| `\($0.symbol)` | \($0.means(.readline)) |" })
            .joined(separator: "\n")
    }
}
