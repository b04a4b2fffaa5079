/// Colours for what is on the screen.
struct ColorTheme: Equatable, Sendable {
    /// What one role looks like.
    struct Look: Equatable, Sendable {
        /// `nil`: that of the text.
        var color: RGB?
        /// `nil`: that of the screen.
        var ground: RGB?
        /// In place of the usual ones; `nil`: those.
        var attributes: Style.Attributes?
    }

    let name: String
    /// `nil`: the terminal's own.
    let text: RGB?
    let ground: RGB?
    private let looks: [Style.Role: Look]

    init(name: String, text: RGB?, ground: RGB?, looks: [Style.Role: Look]) {
        self.name = name
        self.text = text
        self.ground = ground
        self.looks = looks
    }

    /// Nothing is coloured: all is as the terminal has it.
    var isPlain: Bool { text == nil && ground == nil && looks.isEmpty }

    /// With the colours that it has in the end.
    func look(_ role: Style.Role) -> Look {
        var look = looks[role] ?? Look()
        look.color = look.color ?? text
        look.ground = look.ground ?? ground
        return look
    }

    /// Attributes for a cell of this style. What is reversed by itself is not where the theme has a ground for it; what is
    /// reversed because it is selected stays so.
    func attributes(_ style: Style) -> Style.Attributes {
        guard let look = looks[style.role] else { return style.attributes }
        var attributes = look.attributes ?? style.attributes
        if look.ground != nil {
            attributes.remove(.reverse)
        } else if style.attributes.contains(.reverse) {
            attributes.insert(.reverse)
        }
        return attributes
    }
}

// MARK: - Those that are always there

extension ColorTheme {
    /// The terminal's own two colours.
    static let terminal = ColorTheme(name: "terminal", text: nil, ground: nil, looks: [:])

    static let builtIn = [terminal, cruddur, light, contrast]

    /// Violet on dark, as the web page is.
    private static let cruddur = made(
        "cruddur", "#ece6f7", "#1a1024", quiet: "#b3a4cc", strong: "#ffffff", name: "#d9b8ff", unread: "#ffd479",
        draft: "#c9b8ea", found: "#8ce7c0", problem: "#ffa3a3", border: "#8b74b5", bar: "#b77bff",
        bars: ("#1a1024", "#b08fe0"), status: ("#efe8fb", "#4a2f7a"))

    private static let light = made(
        "light", "#231a33", "#fbfaff", quiet: "#5f5572", strong: "#000000", name: "#5a23b0", unread: "#8a4b00",
        draft: "#4e3f73", found: "#00634a", problem: "#b00020", border: "#7d7196", bar: "#6b2fd6",
        bars: ("#ffffff", "#5a23b0"), status: ("#231a33", "#d9cdf5"))

    private static let contrast = made(
        "contrast", "#ffffff", "#000000", quiet: "#d0d0d0", strong: "#ffffff", name: "#ffffff", unread: "#ffff00",
        draft: "#d0d0ff", found: "#00ff00", problem: "#ff9090", border: "#ffffff", bar: "#00ffff",
        bars: ("#000000", "#ffff00"), status: ("#000000", "#ffffff"))

    private static func made(
        _ name: String, _ text: String, _ ground: String, quiet: String, strong: String, name names: String,
        unread: String, draft: String, found: String, problem: String, border: String, bar: String,
        bars: (String, String), status: (String, String)
    ) -> ColorTheme {
        func look(_ color: String, _ ground: String? = nil, _ attributes: Style.Attributes? = nil) -> Look {
            Look(color: RGB(color), ground: ground.flatMap { RGB($0) }, attributes: attributes)
        }
        return ColorTheme(
            name: name, text: RGB(text), ground: RGB(ground),
            looks: [
                // A colour says it: what is dim as well is hard to read.
                .quiet: look(quiet, nil, []), .border: look(border, nil, []), .strong: look(strong),
                .name: look(names), .unread: look(unread), .draft: look(draft), .found: look(found),
                .problem: look(problem), .bar: look(bar), .count: look(bars.0, bars.1), .title: look(bars.0, bars.1),
                .selection: look(status.0, status.1), .status: look(status.0, status.1),
                .statusProblem: look(status.0, status.1, [.bold, .underline]), .statusProduction: look(problem),
            ])
    }
}
