import ChatClient
import Foundation

/// Why there is no such theme.
struct ThemeFault: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// Themes by their names: those that are always there, then files.
///
///     { "text": "#ece6f7", "ground": "#1a1024",
///       "styles": { "quiet": { "color": "#b3a4cc", "attributes": [] }, "unread": { "color": "#ffd479" } } }
enum ThemeFile {
    private static let attributes: [String: Style.Attributes] = [
        "bold": .bold, "dim": .dim, "reverse": .reverse, "underline": .underline, "italic": .italic,
    ]

    private struct Content: Decodable {
        let text: String?
        let ground: String?
        let styles: [String: Entry]?
    }

    private struct Entry: Decodable {
        let color: String?
        let ground: String?
        let attributes: [String]?
    }

    /// - Parameters:
    ///   - name: one of those that are always there, a file's name in `folder` without `.json`, or a path.
    ///   - folder: `cruddur/themes` in the XDG configuration folder.
    /// - Throws: `ThemeFault`.
    static func theme(_ name: String, in folder: String) throws(ThemeFault) -> ColorTheme {
        // At nearly every start; the others are not even made.
        if name == ColorTheme.terminal.name { return .terminal }
        if let known = ColorTheme.builtIn.first(where: { $0.name == name }) { return known }
        let file: (path: String, content: Data)
        do throws(NamedFile.Fault) {
            file = try NamedFile.read(name, "theme", in: folder, besides: ColorTheme.builtIn.map(\.name))
        } catch {
            throw ThemeFault(description: error.description)
        }
        do throws(ThemeFault) {
            return try theme(named: name, file.content)
        } catch {
            throw ThemeFault(description: "theme \(file.path): \(error.description)")
        }
    }

    private static func theme(named name: String, _ data: Data) throws(ThemeFault) -> ColorTheme {
        try refuseUnknown(data)
        let content: Content
        do {
            content = try JSONDecoder().decode(Content.self, from: data)
        } catch {
            throw ThemeFault(description: "is not as a theme is: \(reason(error))")
        }
        var looks: [Style.Role: ColorTheme.Look] = [:]
        for (key, entry) in (content.styles ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let role = Style.Role(rawValue: key) else {
                let known = Style.Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw ThemeFault(description: "styles.\(key) is none: there are \(known)")
            }
            looks[role] = ColorTheme.Look(
                color: try color(entry.color, "styles.\(key).color"),
                ground: try color(entry.ground, "styles.\(key).ground"),
                attributes: try set(entry.attributes, "styles.\(key).attributes"))
        }
        return ColorTheme(
            name: name, text: try color(content.text, "text"), ground: try color(content.ground, "ground"), looks: looks
        )
    }

    /// A key that is mistyped would do nothing, and nobody would know why.
    private static func refuseUnknown(_ data: Data) throws(ThemeFault) {
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ThemeFault(description: "is no JSON object")
        }
        func check(_ keys: some Sequence<String>, _ known: [String], _ place: String) throws(ThemeFault) {
            guard let unknown = keys.sorted().first(where: { !known.contains($0) }) else { return }
            throw ThemeFault(description: "\(place)\(unknown) is none: there are \(known.joined(separator: ", "))")
        }
        try check(object.keys, ["text", "ground", "styles"], "")
        for (role, entry) in (object["styles"] as? [String: Any] ?? [:]).sorted(by: { $0.key < $1.key }) {
            try check((entry as? [String: Any] ?? [:]).keys, ["color", "ground", "attributes"], "styles.\(role).")
        }
    }

    private static func color(_ text: String?, _ place: String) throws(ThemeFault) -> RGB? {
        guard let text else { return nil }
        guard let color = RGB(text) else { throw ThemeFault(description: "\(place) is no colour such as #b77bff") }
        return color
    }

    private static func set(_ names: [String]?, _ place: String) throws(ThemeFault) -> Style.Attributes? {
        guard let names else { return nil }
        var set: Style.Attributes = []
        for name in names {
            guard let attribute = attributes[name] else {
                let known = attributes.keys.sorted().joined(separator: ", ")
                throw ThemeFault(description: "\(place): \(name) is none: there are \(known)")
            }
            set.formUnion(attribute)
        }
        return set
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.keyNotFound(_, let context), DecodingError.dataCorrupted(let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            return place.isEmpty ? "is no JSON object" : "\(place) is of another kind"
        default: return "\(error)"
        }
    }
}
