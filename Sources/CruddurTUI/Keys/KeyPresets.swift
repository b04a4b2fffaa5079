extension Keymap {
    static let readline = Keymap("readline", KeySection.readline)

    /// The names of those that are always there.
    static let presets = ["readline", "emacs", "vim"]

    /// One of them: the others are not made.
    static func preset(_ name: String) -> Keymap? {
        switch name {
        case "readline": readline
        case "emacs": emacs
        case "vim": vim
        default: nil
        }
    }

    private static let x = Key.control("x").stroke

    /// As Emacs moves, looks and leaves.
    private static let emacs = readline.changed(
        "emacs",
        by: changes(
            KeyContext.lines,
            [.control("f"): .edit(.right), Key.control("u").after(x): .edit(.undo)])
            + changes(
                [.chat],
                [
                    .control("n"): .compose(.down), .control("p"): .compose(.up),
                    .control("v"): .reading(.pageDown), .alt("v"): .reading(.pageUp),
                    .alt("<"): .reading(.oldest), .alt(">"): .reading(.newest), .control("g"): .program(.back),
                ])
            + changes(
                [.chat, .list],
                [
                    Key(.character("b")).after(x): .conversations(.find),
                    Key.control("f").after(x): .conversations(.new),
                    Key(.character("o")).after(x): .conversations(.next),
                    Key.control("c").after(x): .program(.quit),
                ])
            + changes([.part], [.alt("w"): .choice(.take), .control("f"): .edit(.right)])
            + changes([.quit], [Key.control("c").after(x): .program(.quit)])
            + changes(
                [.finder, .search, .links, .completion, .calls, .row, .stage, .prompt, .help, .details, .part],
                [.control("n"): .choice(.down), .control("p"): .choice(.up)])
            + changes(
                [.finder, .search, .links, .completion, .calls, .row, .stage, .help, .details, .part],
                [.control("v"): .choice(.pageDown), .alt("v"): .choice(.pageUp)]))

    /// Esc leaves writing; then letters are commands, as in vi.
    private static let vim = readline.withModes.changed(
        "vim",
        by: changes([.chat], [Key(.escape): .mode(.normal)])
            + changes(
                [.normal],
                [
                    letter("i"): .mode(.insert), letter("a"): .mode(.append), letter("I"): .mode(.insertAtStart),
                    letter("A"): .mode(.appendAtEnd), letter(":"): .mode(.typed),
                    letter("h"): .edit(.left), letter("l"): .edit(.right), letter("b"): .edit(.wordLeft),
                    letter("w"): .edit(.wordRight), letter("0"): .edit(.lineStart), letter("^"): .edit(.lineStart),
                    letter("$"): .edit(.lineEnd), letter("x"): .edit(.deleteForward),
                    letter("X"): .edit(.deleteBackward), letter("D"): .edit(.killToLineEnd),
                    letter("w").after(letter("d").stroke): .edit(.killWordForward),
                    letter("b").after(letter("d").stroke): .edit(.killLettersBackward),
                    letter("$").after(letter("d").stroke): .edit(.killToLineEnd),
                    letter("0").after(letter("d").stroke): .edit(.killToLineStart),
                    letter("d").after(letter("d").stroke): .edit(.killAll),
                    letter("p"): .edit(.yank), letter("u"): .edit(.undo), .control("r"): .edit(.redo),
                    letter("k"): .message(.above), letter("j"): .message(.below),
                    letter("y").after(letter("y").stroke): .message(.copy), letter("v"): .message(.part),
                    letter("=").after(letter("z").stroke): .compose(.spell),
                    letter("x").after(letter("g").stroke): .message(.open), letter("K"): .message(.details),
                    letter("g").after(letter("g").stroke): .reading(.oldest), letter("G"): .reading(.newest),
                    .control("d"): .reading(.pageDown), .control("u"): .reading(.pageUp),
                    .control("f"): .reading(.pageDown), .control("b"): .reading(.pageUp),
                    .control("e"): .reading(.lineDown), .control("y"): .reading(.lineUp),
                    letter("t").after(letter("g").stroke): .conversations(.next),
                    letter("T").after(letter("g").stroke): .conversations(.previous),
                    letter("/"): .conversations(.search), letter("?"): .program(.help),
                    letter("Z").after(letter("Z").stroke): .program(.quit),
                ])
            + changes(
                [.part],
                [
                    letter("h"): .edit(.left), letter("l"): .edit(.right), letter("b"): .edit(.wordLeft),
                    letter("w"): .edit(.wordRight), letter("0"): .edit(.lineStart), letter("^"): .edit(.lineStart),
                    letter("$"): .edit(.lineEnd), letter("g").after(letter("g").stroke): .edit(.textStart),
                    letter("G"): .edit(.textEnd), letter("k"): .choice(.up), letter("j"): .choice(.down),
                    letter("v"): .part(.begin), letter("y"): .choice(.take), letter("q"): .choice(.close),
                ])
            + changes([.quit], [letter("Z").after(letter("Z").stroke): .program(.quit)]))

    /// What holds in the chat holds there too while letters are commands, unless they say otherwise.
    private var withModes: Keymap {
        Keymap(
            name,
            sections.map { section in
                KeySection(
                    title: section.title,
                    rows: section.rows.map { row in
                        row.contexts.contains(.chat)
                            ? KeyRow(keys: row.keys, row.does, in: row.contexts.union([.normal])) : row
                    })
            })
    }

    private static func letter(_ character: Character) -> Key { Key(.character(character)) }

    private static func changes(
        _ contexts: Set<KeyContext>, _ keys: KeyValuePairs<Key, Command>
    ) -> [KeyChange] {
        KeyContext.allCases.filter(contexts.contains).flatMap { context in
            keys.map { KeyChange(context, $0.key, $0.value) }
        }
    }
}
