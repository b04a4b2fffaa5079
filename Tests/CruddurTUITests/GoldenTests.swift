import ChatClient
import Foundation
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// Screens as they are, compared with the files in Golden: the text, below it a letter for each cell's style, and
/// what each style is in the terminal's own colours and in each theme. `UPDATE_GOLDEN=1 bin/test --filter Golden` writes them.
struct GoldenTests {
    private static let sizes = [(80, 24), (40, 10), (120, 40)]
    private static let scenes = GoldenScenes.all

    @Test(arguments: scenes.indices, sizes.indices)
    func screenIsAsItWas(scene: Int, size: Int) throws {
        let (name, prepare) = Self.scenes[scene]
        let (width, height) = Self.sizes[size]
        try Self.compare(Self.draw(Fixture.state(width, height, change: prepare)), "\(name)-\(width)x\(height)")
    }

    /// Screens that say much, or have little room for it.
    private static let translated = [
        "chat", "groups", "gap", "help", "new-conversation", "offline", "quit", "search", "sending", "signed-out",
        "vim-help",
    ]

    @Test(arguments: translated, sizes.indices.prefix(2))
    func screenIsAsItWasInGerman(name: String, size: Int) throws {
        let prepare = try #require(Self.scenes.first { $0.name == name }).prepare
        let (width, height) = Self.sizes[size]
        let canvas = try Language.$current.withValue(German.language) {
            Self.draw(Fixture.state(width, height, change: prepare))
        }
        try Self.compare(canvas, "de-\(name)-\(width)x\(height)")
    }

    /// Braille displays and screen readers follow it: it is hidden nowhere, and what is in front has it.
    @Test(arguments: scenes.indices, sizes.indices)
    func theCursorStandsAtTheFocus(scene: Int, size: Int) throws {
        let (name, prepare) = Self.scenes[scene]
        let (width, height) = Self.sizes[size]
        let state = Fixture.state(width, height, change: prepare)
        let canvas = Screen.draw(state)
        let cursor = try #require(canvas.cursor, "\(name)")
        #expect((0..<canvas.width).contains(cursor.x) && (0..<canvas.height).contains(cursor.y), "\(name)")
        guard state.overlay != nil || state.asksToQuit else { return }
        #expect(canvas.rows[cursor.y].count { $0.cluster.text == "│" && $0.style == Theme.border } >= 2, "\(name)")
    }

    @Test func theScreensHaveEveryRoleAndEveryOverlay() {
        var roles: Set<Style.Role> = []
        var overlays: Set<OverlayKind> = []
        for scene in Self.scenes {
            let state = Fixture.state(80, 24, change: scene.prepare)
            roles.formUnion(Self.draw(state).rows.joined().map(\.style.role))
            if let overlay = state.overlay { overlays.insert(OverlayKind(overlay)) }
        }
        #expect(Set(Style.Role.allCases).subtracting(roles) == [])
        #expect(Set(OverlayKind.allCases).subtracting(overlays) == [])
    }

    private enum OverlayKind: CaseIterable {
        case help, newConversation, findGroup, search, signIn, links, completion, details, part, calls, row, stage

        init(_ overlay: Overlay) {
            self =
                switch overlay {
                case .help: .help
                case .newConversation: .newConversation
                case .findGroup: .findGroup
                case .search: .search
                case .signIn: .signIn
                case .links: .links
                case .completion: .completion
                case .details: .details
                case .part: .part
                case .calls: .calls
                case .row: .row
                case .stage: .stage
                }
        }
    }

    @Test(arguments: scenes.indices)
    func nothingOfWhatWeSayIsLeftInEnglish(scene: Int) throws {
        let (name, prepare) = Self.scenes[scene]
        let (width, height) = Self.sizes[2]
        let screen = try Language.$current.withValue(German.language) {
            Screen.draw(Fixture.state(width, height, change: prepare)).lines.joined(separator: "\n")
        }
        // Shorter ones may be a word of what somebody has written.
        let english = try LanguageFile.texts(German.json).filter { $0.key.count > 11 && $0.key != $0.value }.keys
        for text in english where screen.contains(text) { Issue.record("\(name): \(text)") }
    }

    private static func draw(_ state: AppState) -> Canvas { PresenterScreen.draw(Screen.draw(state), state) }

    /// In the terminal's own colours, and in those of each theme: with a terminal of millions, of 256 and of 16.
    private static func looks(of style: Style) -> String {
        func name(_ color: RGB?) -> String {
            color.map { "#\(hex($0.red))\(hex($0.green))\(hex($0.blue)) \($0.nearest(of: 256)) \($0.nearest(of: 16))" }
                ?? "none"
        }
        func hex(_ part: UInt8) -> String { (part < 16 ? "0" : "") + String(part, radix: 16) }
        func attributes(_ attributes: Style.Attributes) -> String {
            let names: [(Style.Attributes, String)] = [
                (.bold, "bold"), (.dim, "dim"), (.reverse, "reverse"), (.underline, "underline"), (.italic, "italic"),
            ]
            return names.filter { attributes.contains($0.0) }.map { " " + $0.1 }.joined()
        }
        let themes = ColorTheme.builtIn.filter { !$0.isPlain }.map { theme in
            let look = theme.look(style.role)
            return "\(theme.name): \(name(look.color)) on \(name(look.ground))\(attributes(theme.attributes(style)))"
        }
        return (["\(style.role.rawValue): colour \(style.color)\(attributes(style.attributes))"] + themes)
            .joined(separator: "\n  ")
    }

    private static func compare(_ canvas: Canvas, _ name: String) throws {
        let drawn = describe(canvas)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try drawn.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(drawn == expected, "\(name)")
    }

    /// One letter for each style; a dot for plain cells.
    private static func describe(_ canvas: Canvas) -> String {
        var letters: [Style: Character] = [.plain: "."]
        var free = Array("abcdefghijklmnopqrstuvwxyz").reversed() as [Character]
        var styles: [String] = []
        for y in 0..<canvas.height {
            styles.append(
                String(
                    canvas.rows[y].map { cell in
                        var style = cell.style
                        style.link = 0
                        if let letter = letters[style] { return letter }
                        let letter = free.popLast() ?? "?"
                        letters[style] = letter
                        return letter
                    }))
        }
        let legend = letters.sorted { $0.value < $1.value }.map { "\($1) \(looks(of: $0))" }
        let cursor = canvas.cursor.map { "cursor \($0.x),\($0.y)" } ?? "no cursor"
        // A bar at the end shows that no row is wider than the screen.
        return (canvas.lines.map { $0 + "|" } + [cursor] + styles + legend).joined(separator: "\n") + "\n"
    }
}
