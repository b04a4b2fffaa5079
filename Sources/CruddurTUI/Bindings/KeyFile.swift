import ChatClient
import Foundation
import Programs

/// Why keys cannot be bound so.
struct KeyFault: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// Keymaps by their names: those that are always there, then files, which say what is other than in one of those.
///
///     { "preset": "emacs",
///       "chat": { "Ctrl-G": "find", "Ctrl-X Ctrl-B": "find", "F9": null },
///       "everywhere": { "F10": "quit" } }
enum KeyFile {
    /// - Parameters:
    ///   - name: one of those that are always there, a file's name in `folder` without `.json`, or a path.
    ///   - folder: `cruddur/keys` in the XDG configuration folder.
    /// - Throws: `KeyFault`.
    static func keymap(_ name: String, in folder: String) throws(KeyFault) -> Keymap {
        if let known = Keymap.preset(name) { return known }
        let file: (path: String, content: Data)
        do throws(NamedFile.Fault) {
            file = try NamedFile.read(name, "keymap", in: folder, besides: Keymap.presets)
        } catch {
            throw KeyFault(description: error.description)
        }
        do throws(KeyFault) {
            return try KeyBindings(String(decoding: file.content, as: UTF8.self)).keymap(named: name)
        } catch {
            throw KeyFault(description: "keymap \(file.path), \(error.description)")
        }
    }
}

/// What a file says of keys.
private struct KeyBindings {
    private struct Entry {
        let line: Int
        let key: Key
        let command: Command?
        /// Of these alone, or of one of a group of contexts: what is said of fewer counts more.
        let contexts: Set<KeyContext>
        let rank: Int

        var place: String { "line \(line)" }
    }

    private struct Place: Hashable {
        let context: KeyContext
        let key: Key
    }

    private let base: Keymap
    private let entries: [Entry]

    /// Names for several contexts at once, the widest first.
    private static let groups: [(name: String, contexts: Set<KeyContext>)] = [
        ("everywhere", Set(KeyContext.allCases)), ("lines", KeyContext.lines.union([.normal])),
    ]

    init(_ text: String) throws(KeyFault) {
        let value: PositionedJSON.Value
        do throws(PositionedJSON.Fault) {
            value = try PositionedJSON.read(text)
        } catch {
            throw KeyFault(description: "line \(error.line), column \(error.column): \(error.reason)")
        }
        guard case .object(let members) = value else {
            throw KeyFault(description: "line 1: it is no JSON object")
        }
        let base = try Self.preset(members)
        var entries: [Entry] = []
        for member in members where member.name != "preset" {
            entries += try Self.entries(member, base)
        }
        (self.base, self.entries) = (base, entries)
    }

    private static func preset(_ members: [PositionedJSON.Member]) throws(KeyFault) -> Keymap {
        let said = members.filter { $0.name == "preset" }
        guard let member = said.first else { return .readline }
        if said.count > 1 {
            throw KeyFault(description: "line \(said[1].line): preset is said on line \(member.line) already")
        }
        guard case .text(let name) = member.value, let preset = Keymap.preset(name) else {
            let names = Keymap.presets.joined(separator: ", ")
            throw KeyFault(description: "line \(member.line): preset is one of \(names)")
        }
        return preset
    }

    // MARK: Reading

    private static func entries(
        _ section: PositionedJSON.Member, _ base: Keymap
    ) throws(KeyFault) -> [Entry] {
        let rank = groups.firstIndex { $0.name == section.name }
        let named = KeyContext(rawValue: section.name)
        guard let contexts = rank.map({ groups[$0].contexts }) ?? named.map({ [$0] }) else {
            let names = groups.map(\.name) + KeyContext.allCases.map(\.rawValue)
            let nearest = Nearness.nearest(to: section.name, among: names).map { " Did you mean \($0)?" }
            throw KeyFault(
                description: "line \(section.line): there is no place \(section.name)."
                    + (nearest ?? " There are \(names.joined(separator: ", "))."))
        }
        guard base.hasModes || named != .normal else {
            throw KeyFault(description: "line \(section.line): there is no place normal without \"preset\": \"vim\"")
        }
        guard case .object(let members) = section.value else {
            throw KeyFault(
                description: "line \(section.line): behind \(section.name) stand keys: { \"F12\": \"quit\" }")
        }
        var entries: [Entry] = []
        for member in members {
            let key = try key(member, contexts)
            let command = try command(member)
            let meant = contexts.filter { context in
                (base.hasModes || context != .normal) && command.map { $0.holds(in: context) } ?? true
            }
            if case .mode? = command, !base.hasModes {
                throw KeyFault(description: "line \(member.line): that is a command of \"preset\": \"vim\"")
            }
            guard !meant.isEmpty else { throw meansNothing(member, section.name, command) }
            entries.append(
                Entry(line: member.line, key: key, command: command, contexts: meant, rank: rank ?? groups.count))
        }
        return entries
    }

    private static func meansNothing(
        _ member: PositionedJSON.Member, _ section: String, _ command: Command?
    ) -> KeyFault {
        let places = KeyContext.allCases.filter { command?.holds(in: $0) == true }.map(\.rawValue)
        let name = command.flatMap(NamedCommand.of)?.name ?? ""
        return KeyFault(
            description: "line \(member.line): \(name) means nothing in \(section): it is for "
                + places.joined(separator: ", "))
    }

    private static func key(
        _ member: PositionedJSON.Member, _ contexts: Set<KeyContext>
    ) throws(KeyFault) -> Key {
        guard let key = Key(named: member.name) else {
            throw KeyFault(
                description:
                    "line \(member.line): \(member.name) names no key, such as Ctrl-N, Alt-Enter, F12, PageUp, "
                    + "g, or two of them: Ctrl-X Ctrl-B. cruddur keys shows their names.")
        }
        for stroke in [key.first, key.stroke].compactMap(\.self) {
            guard let reason = stroke.whyNeverSent(isFirst: stroke == key.first) else { continue }
            throw KeyFault(description: "line \(member.line): \(member.name) is never reached: \(reason)")
        }
        let begin = key.first ?? key.stroke
        if case .character = begin.code, begin.modifiers.isEmpty,
            let context = KeyContext.allCases.first(where: { contexts.contains($0) && $0.isWritable })
        {
            throw KeyFault(
                description: "line \(member.line): \(begin.name) in \(context.rawValue) could not be written any more: "
                    + "bind it with Ctrl or Alt, or in normal, with \"preset\": \"vim\"")
        }
        return key
    }

    private static func command(_ member: PositionedJSON.Member) throws(KeyFault) -> Command? {
        switch member.value {
        case .null: return nil
        case .text(let name):
            if let command = NamedCommand.named(name) { return command }
            let nearest = Nearness.nearest(to: name, among: NamedCommand.all.map(\.name))
            throw KeyFault(
                description: "line \(member.line): there is no command \(name). "
                    + (nearest.map { "Did you mean \($0)?" } ?? "cruddur keys --list shows them."))
        case .number, .boolean, .list, .object:
            throw KeyFault(
                description: "line \(member.line): behind \(member.name) stands a command's name, or null for nothing")
        }
    }

    // MARK: Putting together

    /// - Throws: `KeyFault`: two keys that clash, what would never be reached, what could not be left any more.
    func keymap(named name: String) throws(KeyFault) -> Keymap {
        let said = try said()
        let changes = said.sorted {
            ($0.value.line, $0.key.context.rawValue) < ($1.value.line, $1.key.context.rawValue)
        }.map { KeyChange($0.key.context, $0.key.key, $0.value.command) }
        let keymap = base.changed(name, by: changes)
        func place(_ context: KeyContext, _ key: Key) -> String {
            said[Place(context: context, key: key)]?.place ?? "preset \(base.name)"
        }
        for context in KeyContext.allCases {
            let bound = keymap.bound(in: context)
            for key in bound.keys.sorted(by: { $0.name < $1.name }) where keymap.isFirst(key, in: context) {
                let longer = bound.keys.filter { $0.first == key.stroke }.min { $0.name < $1.name }
                guard let longer else { continue }
                throw KeyFault(
                    description: "\(place(context, key)): \(key.name) in \(context.rawValue) is never reached, because "
                        + "\(longer.name) begins with it (\(place(context, longer))). Set one of them to null.")
            }
        }
        try refuseTraps(keymap)
        return keymap
    }

    /// What counts for each key in each context.
    private func said() throws(KeyFault) -> [Place: Entry] {
        var said: [Place: Entry] = [:]
        for entry in entries {
            for context in entry.contexts {
                let place = Place(context: context, key: entry.key)
                if let other = said[place], other.rank == entry.rank, other.command != entry.command {
                    throw KeyFault(
                        description: "\(entry.place): \(entry.key.name) in \(context.rawValue) is bound on "
                            + "\(other.place) already, to something else")
                }
                if let other = said[place], other.rank > entry.rank { continue }
                said[place] = entry
            }
        }
        return said
    }

    /// Nobody must be caught by keys of their own.
    private func refuseTraps(_ keymap: Keymap) throws(KeyFault) {
        func needs(_ command: Command, _ context: KeyContext) throws(KeyFault) {
            guard keymap.name(of: command, in: context) == nil else { return }
            let name = NamedCommand.of(command)?.name ?? ""
            throw KeyFault(description: "no key is left for \(name) in \(context.rawValue): bind one")
        }
        try needs(.compose(.send), .chat)
        for context in [KeyContext.chat, .list, .quit] + (keymap.hasModes ? [.normal] : []) {
            try needs(.program(.quit), context)
        }
        for context in KeyContext.allCases where KeyContext.inFront.contains(context) {
            try needs(.choice(.close), context)
        }
        if keymap.hasModes {
            try needs(.mode(.normal), .chat)
            try needs(.mode(.insert), .normal)
        }
    }
}

extension Key.Stroke {
    /// Why no terminal tells of it so; `nil`: they do.
    fileprivate func whyNeverSent(isFirst: Bool) -> String? {
        if code == .escape {
            guard modifiers.isEmpty else { return "terminals send Esc alone" }
            return isFirst ? "Esc and a key are the key with Alt" : nil
        }
        guard case .character(let character) = code else { return nil }
        if modifiers.contains(.shift) {
            guard modifiers.contains(.control) else { return "with Shift it is another character: write that one" }
            return "terminals do not tell Shift from Ctrl and a letter"
        }
        guard modifiers.contains(.control) else { return nil }
        if modifiers.contains(.alt), character != "h" { return "terminals send Esc, and then the key with Ctrl" }
        switch character {
        case "i": return "terminals send it as Tab"
        case "m": return "terminals send it as Enter"
        case "[": return "terminals send it as Esc"
        case "a"..."z", " ", "\\", "]", "^", "_": return nil
        default: return "terminals have no Ctrl with it"
        }
    }
}
