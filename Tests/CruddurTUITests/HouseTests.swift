import Foundation
import Testing

/// Which folder may know of which: data flows one way, and nobody closes the circle unseen.
struct HouseTests {
    /// A folder, and those whose types it may use.
    private static let mayUse: [String: Set<String>] = [
        "Canvas": ["Keys"],
        "Themes": ["Canvas"],
        "Languages": [],
        "Keys": ["Languages"],
        "Bindings": ["Keys"],
        "Calls": ["Languages"],
        "Decoding": ["Keys"],
        "Composing": ["Keys", "Languages"],
        "Transcript": ["Keys", "Languages"],
        "Spelling": [],
        "State": ["Calls", "Canvas", "Composing", "Keys", "Languages", "Spelling", "Themes", "Transcript"],
        "Screens": ["Calls", "Canvas", "Composing", "Keys", "Languages", "State", "Transcript"],
        "Terminal": ["Canvas", "Decoding", "Keys", "Themes"],
        "Lines": [],
        "Logging": [],
        "Plain": ["Languages", "Lines"],
        "Program": [
            "Bindings", "Calls", "Canvas", "Composing", "Keys", "Languages", "Logging", "Screens", "Spelling",
            "State", "Terminal", "Themes",
        ],
    ]

    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/CruddurTUI").standardizedFileURL

    private static func files(_ folder: String) throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(
            at: sources.appendingPathComponent(folder), includingPropertiesForKeys: nil
        ).map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
    }

    @Test func noFolderUsesWhatStandsAboveIt() throws {
        let declaration = /^(?:struct|enum|final class|actor|protocol) (\w+)/.anchorsMatchLineEndings()
        var homes: [String: String] = [:]
        for folder in Self.mayUse.keys {
            for file in try Self.files(folder) {
                for match in file.text.matches(of: declaration) { homes[String(match.1)] = folder }
            }
        }
        #expect(homes["AppState"] == "State" && homes["ChatLoop"] == "Program")
        for (folder, allowed) in Self.mayUse {
            for file in try Self.files(folder) {
                for word in Set(Self.code(file.text).split { !$0.isLetter && !$0.isNumber }.map(String.init)) {
                    guard let home = homes[word], home != folder else { continue }
                    #expect(allowed.contains(home), "\(folder)/\(file.name) uses \(word) of \(home)")
                }
            }
        }
    }

    @Test func theTerminalKnowsNoChatAndOnlyItKnowsNcurses() throws {
        for folder in Self.mayUse.keys {
            for file in try Self.files(folder) {
                if ["Terminal", "Canvas", "Decoding", "Keys"].contains(folder) {
                    #expect(!file.text.contains("import ChatClient"))
                }
                if folder != "Terminal" { #expect(!file.text.contains("import CNcurses"), "\(file.name)") }
            }
        }
    }

    /// Without comments and texts.
    private static func code(_ text: String) -> String {
        text.replacing(/"""[\s\S]*?"""/, with: "").split(separator: "\n").map { line in
            line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        }.joined(separator: "\n").replacing(/"[^"]*"/, with: "")
    }
}
