import CNcurses

/// The sequences of this terminal's keys, as terminfo knows them: those that are its own are decoded by them.
enum TerminalKeys {
    /// By terminfo's names. The extended ones have a number behind them for the modifiers.
    private static let names: [(name: String, key: Key)] = [
        ("kcuu1", Key(.up)), ("kcud1", Key(.down)), ("kcub1", Key(.left)), ("kcuf1", Key(.right)),
        ("khome", Key(.home)), ("kend", Key(.end)), ("kpp", Key(.pageUp)), ("knp", Key(.pageDown)),
        ("kich1", Key(.insert)), ("kdch1", Key(.delete)), ("kbs", Key(.backspace)), ("kcbt", Key(.tab, .shift)),
        ("kri", Key(.up, .shift)), ("kind", Key(.down, .shift)), ("kent", Key(.enter)),
    ]
    private static let extended: [(name: String, code: Key.Code)] = [
        ("kUP", .up), ("kDN", .down), ("kLFT", .left), ("kRIT", .right), ("kHOM", .home), ("kEND", .end),
        ("kPRV", .pageUp), ("kNXT", .pageDown), ("kIC", .insert), ("kDC", .delete),
    ]

    static func known() -> [[UInt8]: Key] {
        let modified = extended.flatMap { name, code in
            [(name, Key(code, .shift))]
                + (2...8).map { (number: Int) in (name + "\(number)", Key(code, FunctionKeys.modifiers(number) ?? [])) }
        }
        let functions = (1...12).map { ("kf\($0)", Key(.function($0))) }
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names + functions + modified {
            guard let sequence = cn_terminfo(name) else { continue }
            let bytes = Array(String(cString: sequence).utf8)
            // One byte is what it always is; and where two keys have one sequence, the plain one counts.
            if bytes.first == Scanner.escape, bytes.count > 2, keys[bytes] == nil { keys[bytes] = key }
        }
        return keys
    }
}
