import ArgumentParser
import Foundation
import Programs
import Testing

@testable import ChatClient
@testable import CruddurTUI

/// The help's topics and examples, of which the manual is made.
struct ManualTests {
    @Test func everyExampleIsACommandLineThatIsUnderstood() throws {
        for example in Examples.all.flatMap(\.1) + Examples.chat {
            _ = try Cruddur.parseAsRoot(Array(Self.words(example.line).dropFirst()))
        }
    }

    @Test func everyTopicThatTheHelpNamesIsThere() {
        #expect(Topics.all.map(\.name) == Topics.names)
        for name in Topics.names { #expect(Cruddur.helpMessage().contains(name)) }
    }

    @Test func theTopicsTellEverySettingKeyMarkAndExitCode() {
        let told = Dictionary(uniqueKeysWithValues: Topics.all.map { ($0.name, $0.text) })
        for setting in Settings.all {
            #expect(told["environment"]?.contains("  \(setting.environmentName)\n") == true, "\(setting.name)")
        }
        for row in Keymap.readline.sections.flatMap(\.rows) where !row.does.isEmpty {
            #expect(told["keys"]?.contains("  \(row.names)\n") == true, "\(row.names)")
        }
        for mark in DeliveryMark.allCases { #expect(told["keys"]?.contains("  \(mark.symbol)\n") == true) }
        for kind in ExitKind.allCases { #expect(told["exit-codes"]?.contains("  \(kind.rawValue)\n") == true) }
    }

    @Test func noLineOfATopicOrOfAnExampleIsWiderThanATerminal() {
        for line in Topics.all.flatMap({ $0.text.split(separator: "\n") }) { #expect(line.count < 80, "\(line)") }
    }

    /// As a shell would cut it.
    private static func words(_ line: String) -> [String] {
        var (words, quote): ([String], Character?) = ([""], nil)
        for character in line {
            switch character {
            case quote: quote = nil
            case "\"",
                "'" where quote == nil:
                quote = character
            case " " where quote == nil: words.append("")
            default: words[words.count - 1].append(character)
            }
        }
        return words
    }
}
