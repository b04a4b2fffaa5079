import Testing

@testable import CruddurTUI

/// What each terminal writes for each key: one row for each of both.
struct TerminalKeysTests {
    struct Row: CustomTestStringConvertible {
        let terminal: String
        let key: Key
        let bytes: String

        var testDescription: String { "\(terminal): \(key.name)" }
    }

    private static func rows(_ terminal: String, _ keys: KeyValuePairs<String, Key>) -> [Row] {
        keys.map { Row(terminal: terminal, key: $0.value, bytes: $0.key.replacing("^[", with: "\u{1B}")) }
    }

    private static let everywhere = rows(
        "every one",
        [
            "\r": Key(.enter), "\n": .control("j"), "\t": Key(.tab), "^[[Z": Key(.tab, .shift),
            "\u{7F}": Key(.backspace),
            "\u{8}": .control("h"), "^[\u{7F}": Key(.backspace, .alt),
            "^[\u{8}": Key(.character("h"), [.control, .alt]),
            "^[\r": Key(.enter, .alt), "^[\n": Key(.enter, .alt), "^[f": .alt("f"), "^[<": .alt("<"), "^[ü": .alt("ü"),
            "\u{11}": .control("q"), "\u{1F}": .control("_"), "\u{0}": .control(" "), "ü": Key(.character("ü")),
        ])

    private static let xterm = rows(
        "xterm",
        [
            "^[[A": Key(.up), "^[[B": Key(.down), "^[[C": Key(.right), "^[[D": Key(.left), "^[[H": Key(.home),
            "^[[F": Key(.end), "^[OA": Key(.up), "^[OB": Key(.down), "^[OC": Key(.right), "^[OD": Key(.left),
            "^[OH": Key(.home), "^[OF": Key(.end), "^[[2~": Key(.insert), "^[[3~": Key(.delete), "^[[5~": Key(.pageUp),
            "^[[6~": Key(.pageDown), "^[OP": Key(.function(1)), "^[OQ": Key(.function(2)), "^[OR": Key(.function(3)),
            "^[OS": Key(.function(4)), "^[[15~": Key(.function(5)), "^[[17~": Key(.function(6)),
            "^[[18~": Key(.function(7)), "^[[19~": Key(.function(8)), "^[[20~": Key(.function(9)),
            "^[[21~": Key(.function(10)), "^[[23~": Key(.function(11)), "^[[24~": Key(.function(12)),
            "^[[1;2A": Key(.up, .shift), "^[[1;3A": Key(.up, .alt), "^[[1;5D": Key(.left, .control),
            "^[[1;5C": Key(.right, .control), "^[[1;3C": Key(.right, .alt), "^[[1;6D": Key(.left, [.shift, .control]),
            "^[[1;7D": Key(.left, [.alt, .control]), "^[[1;8D": Key(.left, [.shift, .alt, .control]),
            "^[[1;9D": Key(.left, .alt), "^[[1;5H": Key(.home, .control), "^[[1;5F": Key(.end, .control),
            "^[[3;5~": Key(.delete, .control), "^[[3;3~": Key(.delete, .alt), "^[[5;5~": Key(.pageUp, .control),
            "^[[1;2P": Key(.function(1), .shift), "^[[15;5~": Key(.function(5), .control), "^[OM": Key(.enter),
            "^[Oj": Key(.character("*")), "^[Ok": Key(.character("+")), "^[Om": Key(.character("-")),
            "^[On": Key(.character(".")), "^[Oo": Key(.character("/")), "^[Op": Key(.character("0")),
            "^[Oy": Key(.character("9")), "^[OX": Key(.character("=")), "^[OI": Key(.tab),
            "^[O5D": Key(.left, .control),
            "^[O1;5D": Key(.left, .control), "^[[5D": Key(.left, .control), "^[O2P": Key(.function(1), .shift),
        ])

    private static let rxvt = rows(
        "rxvt",
        [
            "^[[7~": Key(.home), "^[[8~": Key(.end), "^[[11~": Key(.function(1)), "^[[12~": Key(.function(2)),
            "^[[13~": Key(.function(3)), "^[[14~": Key(.function(4)), "^[Oa": Key(.up, .control),
            "^[Ob": Key(.down, .control), "^[Oc": Key(.right, .control), "^[Od": Key(.left, .control),
            "^[[a": Key(.up, .shift), "^[[b": Key(.down, .shift), "^[[c": Key(.right, .shift),
            "^[[d": Key(.left, .shift),
            "^[[7^": Key(.home, .control), "^[[8^": Key(.end, .control), "^[[7$": Key(.home, .shift),
            "^[[7@": Key(.home, [.control, .shift]), "^[[3^": Key(.delete, .control), "^[[3$": Key(.delete, .shift),
            "^[[5^": Key(.pageUp, .control), "^[^[[D": Key(.left, .alt), "^[^[Od": Key(.left, [.alt, .control]),
            "^[^[[7~": Key(.home, .alt), "^[^[[3~": Key(.delete, .alt), "^[[23$": Key(.function(11), .shift),
        ])

    private static let putty = rows(
        "PuTTY",
        [
            "^[[1~": Key(.home), "^[[4~": Key(.end), "^[[11~": Key(.function(1)), "^[^[[D": Key(.left, .alt),
            "^[^[[A": Key(.up, .alt), "^[^[OD": Key(.left, .alt), "^[[5~": Key(.pageUp), "^[OD": Key(.left),
        ])

    private static let console = rows(
        "the Linux console",
        [
            "^[[[A": Key(.function(1)), "^[[[B": Key(.function(2)), "^[[[C": Key(.function(3)),
            "^[[[D": Key(.function(4)), "^[[[E": Key(.function(5)), "^[[17~": Key(.function(6)), "^[[1~": Key(.home),
            "^[[4~": Key(.end), "^[[2~": Key(.insert), "^[[3~": Key(.delete), "^[[25~": Key(.function(13)),
            "^[[A": Key(.up),
        ])

    private static let multiplexers =
        rows(
            "tmux and screen",
            [
                "^[[1~": Key(.home), "^[[4~": Key(.end), "^[OA": Key(.up), "^[[A": Key(.up), "^[OP": Key(.function(1)),
                "^[Od": Key(.left, .control), "^[^[[D": Key(.left, .alt), "^[^[OA": Key(.up, .alt),
                "^[[3~": Key(.delete),
            ])
        + rows(
            "tmux with xterm-keys",
            ["^[[1;5D": Key(.left, .control), "^[[1;3D": Key(.left, .alt), "^[[1;2A": Key(.up, .shift)])

    private static let kitty = rows(
        "kitty's protocol",
        [
            "^[[27u": Key(.escape), "^[[13;3u": Key(.enter, .alt), "^[[13;2u": Key(.enter, .shift),
            "^[[127;5u": Key(.backspace, .control), "^[[127;3u": Key(.backspace, .alt), "^[[113;5u": .control("q"),
            "^[[98;3u": .alt("b"), "^[[9;2u": Key(.tab, .shift), "^[[P": Key(.function(1)), "^[[13~": Key(.function(3)),
            "^[[3;5~": Key(.delete, .control), "^[[57417;5u": Key(.left, .control),
        ])

    private static let modifyOtherKeys = rows(
        "modifyOtherKeys",
        [
            "^[[27;5;13~": Key(.enter, .control), "^[[27;2;13~": Key(.enter, .shift), "^[[27;3;98~": .alt("b"),
            "^[[27;5;127~": Key(.backspace, .control), "^[[27;6;81~": .control("q"), "^[[27;5;105~": Key(.tab),
        ])

    static let all = everywhere + xterm + rxvt + putty + console + multiplexers + kitty + modifyOtherKeys

    @Test(arguments: all)
    func writesThisForTheKey(_ row: Row) {
        #expect(Typing.outcome(row.bytes) == [.key(row.key)])
        #expect(Typing.slowly(row.bytes, apart: .milliseconds(5)) == [.key(row.key)])
        // Whatever follows is none of it.
        #expect(Typing.outcome(row.bytes + "\u{11}") == [.key(row.key), .key(.control("q"))])
    }

    @Test func sequencesOfTheTerminalItselfGoBeforeAllOthers() {
        var typing = Typing(known: [
            Array("\u{1B}[P".utf8): Key(.delete), Array("\u{1B}[4h".utf8): Key(.insert),
            Array("\u{1B}?x".utf8): Key(.up),
        ])
        typing.read("\u{1B}[P\u{1B}[4h\u{1B}?x\u{1B}?y")
        #expect(typing.outcome.keys == [Key(.delete), Key(.insert), Key(.up), .alt("?"), Key(.character("y"))])
        typing = Typing(known: [Array("\u{1B}?x".utf8): Key(.up)])
        typing.read("\u{1B}?")
        #expect(typing.outcome.keys == [.alt("?")])
    }
}
