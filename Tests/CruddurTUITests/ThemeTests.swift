import Foundation
import TestSupport
import Testing

@testable import CruddurTUI

/// Colours: that they can be read, come from files, and are what the terminal has.
struct ThemeTests {
    @Test(arguments: ColorTheme.builtIn.dropFirst())
    func everythingCanBeReadInIt(_ theme: ColorTheme) throws {
        for role in Style.Role.allCases {
            let look = theme.look(role)
            let (color, ground) = (try #require(look.color), try #require(look.ground))
            // Source: WCAG 2.2, 4.5:1 for text, 3:1 for what is none.
            let least = [.border, .bar].contains(role) ? 3 : 4.5
            #expect(color.contrast(with: ground) >= least, "\(theme.name), \(role): \(color.contrast(with: ground))")
        }
        // What is selected is reversed: the same two colours.
        let selected = Style(role: .unread, attributes: [.bold, .reverse])
        #expect(theme.attributes(selected).contains(.reverse))
        // What has a ground of its own is not reversed as well.
        #expect(!theme.attributes(Theme.count).contains(.reverse))
    }

    @Test(arguments: Style.Role.allCases)
    func whatIsToldIsToldWithoutColoursToo(_ role: Style.Role) {
        for theme in ColorTheme.builtIn where ![.quiet, .border, .text].contains(role) {
            let styles = [
                Theme.found, Theme.strong, Theme.bar, Theme.name, Theme.unread, Theme.count, Theme.draft,
                Theme.selection, Theme.status, Theme.statusProblem, Theme.statusProduction, Theme.problem,
                Theme.overlayTitle,
            ]
            for style in styles where style.role == role {
                #expect(!theme.attributes(style).isEmpty || theme.look(role).ground != theme.ground, "\(theme.name)")
            }
        }
    }

    @Test func blackOnWhiteIsTheMostThereIs() throws {
        let (black, white) = (try #require(RGB("#000000")), try #require(RGB("#FFFFFF")))
        #expect(black.contrast(with: white) == 21 && white.contrast(with: black) == 21)
        #expect(white.contrast(with: white) == 1)
    }

    @Test(arguments: [("#ff0000", 196, 9), ("#000000", 16, 0), ("#ffffff", 231, 15), ("#b77bff", 141, 12)])
    func aTerminalWithFewerColoursGetsTheNearest(text: String, of256: Int, of16: Int) throws {
        let color = try #require(RGB(text))
        #expect(color.nearest(of: 256) == of256)
        #expect(color.nearest(of: 16) == of16)
        #expect((0..<8).contains(color.nearest(of: 8)))
    }

    @Test(arguments: ["", "#", "#12345", "#1234567", "123456", "#12345g", "#+12345", "#１２３４５６", "red"])
    func whatIsNoColourIsNone(_ text: String) {
        #expect(RGB(text) == nil)
    }

    // MARK: Files

    private func load(_ content: String, name: String = "mine") throws -> ColorTheme {
        let folder = try TemporaryFolder()
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.path + "/mine.json"))
        return try ThemeFile.theme(name, in: folder.path)
    }

    @Test func aFileSaysWhatIsOtherwise() throws {
        let theme = try load(
            ##"{"text": "#eeeeee", "styles": {"quiet": {"color": "#999999", "attributes": ["italic"]}, "count": {"ground": "#112233"}}}"##
        )
        #expect(theme.look(.quiet) == .init(color: RGB("#999999"), ground: nil, attributes: .italic))
        #expect(theme.look(.unread).color == RGB("#eeeeee"))
        #expect(theme.attributes(Theme.quiet) == .italic && theme.attributes(Theme.count) == .bold)
        #expect(try load("{}").isPlain)
    }

    @Test(arguments: [
        ("[]", "is no JSON object"), ("{", "is no JSON object"), ("", "is no JSON object"),
        (##"{"texts": "#fff"}"##, "texts is none: there are text, ground, styles"),
        (##"{"text": "red"}"##, "text is no colour such as #b77bff"), (##"{"text": 7}"##, "text is of another kind"),
        (##"{"styles": {"loud": {}}}"##, "styles.loud is none: there are text, quiet"),
        (##"{"styles": {"quiet": {"colour": "#111111"}}}"##, "styles.quiet.colour is none: there are color, ground"),
        (##"{"styles": {"quiet": {"attributes": ["blink"]}}}"##, "styles.quiet.attributes: blink is none"),
        (##"{"styles": {"quiet": {"ground": "\u001b[31m"}}}"##, "styles.quiet.ground is no colour"),
    ])
    func aSlipInItIsSaidWithItsPlace(content: String, reason: String) throws {
        let fault = #expect(throws: ThemeFault.self) { try load(content) }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
        try expectGerman(fault)
    }

    @Test(arguments: [
        ("none", "there is no theme none: there are terminal, cruddur, light, contrast, and files such as"),
        ("../mine", "a path begins with /"), ("/nowhere/x.json", "/nowhere/x.json: there is no such file"),
    ])
    func whatIsNoThemeIsSaid(name: String, reason: String) throws {
        let fault = #expect(throws: ThemeFault.self) { try load("{}", name: name) }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
        try expectGerman(fault)
    }

    /// As `/theme` says it.
    private func expectGerman(_ fault: ThemeFault?) throws {
        var state = Fixture.state(100, 30)
        try Language.$current.withValue(German.language) {
            _ = update(&state, .themed(.failure(try #require(fault))))
        }
        let said = try #require(state.notice?.text)
        #expect(said.hasPrefix("Farbschema ") || said.hasPrefix("es gibt kein "))
        #expect(!said.contains(/\b(is|are|there|no|such)\b/), "\(said)")
    }

    @Test func aPipeIsNotWaitedFor() throws {
        let folder = try TemporaryFolder()
        mkfifo(folder.path + "/pipe.json", 0o600)
        let fault = #expect(throws: ThemeFault.self) { try ThemeFile.theme("pipe", in: folder.path) }
        #expect(fault?.description.contains("it is no file") == true)
    }

    // MARK: Exact colours

    private func exactly(_ text: String, isTrue: Bool = true, count: Int = 256) throws -> String {
        let theme = ColorTheme(
            name: "t", text: RGB("#010203"), ground: RGB("#0a0b0c"), looks: [.quiet: .init(color: RGB("#010203"))])
        let colors = TerminalColors(theme, count: count, isTrue: isTrue)
        return Array(text.utf8).withUnsafeBytes { String(decoding: colors.exactly($0), as: UTF8.self) }
    }

    @Test func aTerminalWithAllColoursGetsTheExactOnes() throws {
        // The first that is asked for has the first place.
        #expect(try exactly("\u{1B}[38;5;16m\u{1B}[48;5;17mhi") == "\u{1B}[38;2;1;2;3m\u{1B}[48;2;10;11;12mhi")
        #expect(try exactly("\u{1B}[1;38;5;16;48;5;17m") == "\u{1B}[1;38;2;1;2;3;48;2;10;11;12m")
        #expect(try exactly("\u{1B}[38:5:16m") == "\u{1B}[38:2::1:2:3m")
        // Another place, another sequence, and what somebody has written, stay.
        for same in [
            "\u{1B}[38;5;200m", "\u{1B}[5;16H", "38;5;16m", "\u{1B}]38;5;16\u{7}", "\u{1B}[38;5;16", "\u{1B}[",
            "\u{1B}",
        ] {
            #expect(try exactly(same) == same)
        }
        #expect(try exactly("\u{1B}[38;5;16m", isTrue: false) == "\u{1B}[38;5;16m")
    }

    @Test func withoutColoursAllIsAsItWas() {
        let colors = TerminalColors(ColorTheme.builtIn[1], count: 0, isTrue: true)
        #expect(colors.look(Theme.bar) == (6, Int32(Style.Attributes.bold.rawValue)))
        #expect(colors.look(Theme.count).attributes == Int32(Theme.count.attributes.rawValue))
    }

    @Test func aThemeIsAskedForByItsName() {
        var state = Fixture.state(100, 24)
        #expect(state.enter("/theme light") == [.terminal(.theme("light"))])
        #expect(state.enter("/theme").isEmpty)
        #expect(state.notice?.text.contains("there are terminal, cruddur, light, contrast") == true)
    }
}

extension AppState {
    fileprivate mutating func enter(_ line: String) -> [Effect] {
        type(line)
        return press(Key(.enter)).filter { if case .writing = $0 { false } else { true } }
    }
}
