import ChatClient
import Foundation

/// Why there is no such language.
struct LanguageFault: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// Languages by their names: those that are always there, then files, which say what is called how. What they leave out
/// is English.
///
///     { "Sent.": "Verzonden.", "Refreshing…": "Vernieuwen…", "Only calls of pattern %1. %2": "Alleen %1. %2" }
enum LanguageFile {
    /// Those that are always there.
    static let names = ["auto", "en", "de"]

    /// The one that the chat of a configuration speaks; `nil`: English.
    ///
    /// - Throws: `LanguageFault`.
    static func chosen(by configuration: ClientConfiguration) throws(LanguageFault) -> Language? {
        try language(
            configuration.language, in: XDGFolders.current.configuration + "/languages",
            ProcessVariables.all)
    }

    /// - Parameters:
    ///   - name: one of those that are always there, a file's name in `folder` without `.json`, or a path.
    ///   - folder: `cruddur/languages` in the XDG configuration folder.
    /// - Throws: `LanguageFault`.
    static func language(
        _ name: String, in folder: String, _ environment: [String: String]
    ) throws(LanguageFault) -> Language? {
        switch name {
        case "auto":
            let spoken = locale(environment)
            return names.contains(spoken) || hasFile(spoken, in: folder)
                ? try language(spoken, in: folder, [:]) : nil
        case "en": return nil
        case "de": return try German.language
        default: break
        }
        let file: (path: String, content: Data)
        do throws(NamedFile.Fault) {
            file = try NamedFile.read(name, "language", in: folder, besides: names)
        } catch {
            throw LanguageFault(description: error.description)
        }
        do throws(LanguageFault) {
            return Language(try texts(String(decoding: file.content, as: UTF8.self)))
        } catch {
            throw LanguageFault(description: "language \(file.path), \(error.description)")
        }
    }

    /// One's own: `fr` of `fr.json`.
    private static func hasFile(_ name: String, in folder: String) -> Bool {
        let isCode = (2...3).contains(name.utf8.count) && name.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        return isCode && access("\(folder)/\(name).json", F_OK) == 0
    }

    /// The language of the environment, as gettext reads it: `de` of `de_AT.UTF-8`.
    private static func locale(_ environment: [String: String]) -> String {
        let said = [environment["LC_ALL"], environment["LC_MESSAGES"], environment["LANG"]]
        let locale = said.compactMap(\.self).first { !$0.isEmpty } ?? ""
        return String(locale.prefix { !"_.@".contains($0) })
    }

    /// - Throws: `LanguageFault`, with the line.
    static func texts(_ json: String) throws(LanguageFault) -> [String: String] {
        let value: PositionedJSON.Value
        do throws(PositionedJSON.Fault) {
            value = try PositionedJSON.read(json)
        } catch {
            throw LanguageFault(description: "line \(error.line), column \(error.column): \(error.reason)")
        }
        guard case .object(let members) = value else {
            throw LanguageFault(description: "line 1: it is no JSON object")
        }
        var texts: [String: String] = [:]
        for member in members {
            let text = try text(member)
            guard texts.updateValue(text, forKey: member.name) == nil else {
                throw LanguageFault(description: "line \(member.line): \"\(member.name)\" stands here twice")
            }
        }
        return texts
    }

    private static func text(_ member: PositionedJSON.Member) throws(LanguageFault) -> String {
        guard case .text(let text) = member.value else {
            throw LanguageFault(description: "line \(member.line): behind \"\(member.name)\" stands a text")
        }
        let unknown = Language.places(in: text).subtracting(Language.places(in: member.name))
        if let place = unknown.min() {
            throw LanguageFault(description: "line \(member.line): \"\(member.name)\" has no %\(place + 1)")
        }
        return text
    }
}
