import ArgumentParser
import Testing

@testable import CruddurTUI

/// A command line of no words, which is not read.
struct UsualCommandTests {
    @Test func withoutAWordAllIsAsIfItHadBeenRead() throws {
        let (made, read) = (ChatCommand.withoutWords(), try #require(try ChatCommand.parseAsRoot([]) as? ChatCommand))
        #expect(try made.settings.flags() == read.settings.flags() && made.plain == read.plain)
        // Also what is added to them: a value that is not set ends the program when it is asked for.
        #expect(Self.values(made) == Self.values(read))
        #expect(Self.values(made.settings) == Self.values(read.settings))
        #expect(Self.values(made.settings).count > 5)
    }

    private static func values(_ options: Any) -> [String] {
        Mirror(reflecting: options).children.map { "\($0.label ?? ""): \($0.value)" }
    }
}
