import ArgumentParser
import ChatClient
import Programs
import TerminalText

/// `cruddur keys`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Show what your terminal sends for a key, and what the key is for.",
        discussion: """
            Press keys; Esc three times ends. With --list, or where no terminal shows it: all keys, each with the place
            where it holds and the command that it is for. Asks no server.

            \(Examples.keys.help())
            """)

    @Argument(help: "A keymap: readline, emacs, vim, a file's name or its path; else that of the configuration.")
    var keymap: String?

    @OptionGroup var settings: SettingOptions
    @Flag(help: "All keys, tab-separated: place, key, command, what it does.") var list = false
    @Flag(help: "The same as JSON, an object a line.") var json = false

    func run() async throws {
        let flags = try settings.flags()
        let name = try keymap ?? ClientConfiguration.keymapName(path: settings.config, flags: flags)
        let keys = try KeyFile.keymap(name, in: Preferences.keymaps)
        guard !list, !json, Output.isTerminal else { return try show(keys) }
        let signal = try KeyTester(keymap: keys).run()
        if signal != 0 { throw ExitCode(128 + signal) }
    }

    private func show(_ keymap: Keymap) throws {
        for context in KeyContext.allCases {
            let bound = keymap.bound(in: context)
            for key in bound.keys.sorted(by: { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }) {
                guard let command = bound[key].flatMap(NamedCommand.of) else { continue }
                if json {
                    try Output.jsonLine(
                        BoundKey(place: context.rawValue, key: key.name, command: command.name, does: command.does))
                } else {
                    try Output.line("\(context.rawValue)\t\(key.name)\t\(command.name)\t\(command.does)")
                }
            }
        }
    }
}

private struct BoundKey: Encodable {
    let place: String
    let key: String
    let command: String
    let does: String
}
