import ArgumentParser
import Programs
import Testing

@testable import CruddurOps

/// The help's topics and examples, of which the manual is made.
struct ManualTests {
    @Test func everyExampleIsACommandLineThatIsUnderstood() throws {
        for example in Examples.all.flatMap(\.1) + Examples.program {
            _ = try CruddurOps.parseAsRoot(example.line.split(separator: " ").dropFirst().map(String.init))
        }
    }

    @Test func everyTopicThatTheHelpNamesIsThere() {
        #expect(Topics.all.map(\.name) == Topics.names)
        for name in Topics.names { #expect(CruddurOps.helpMessage().contains(name)) }
    }
}
