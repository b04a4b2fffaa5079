import ChatClient
import Programs

/// `cruddur help TOPIC`, and those parts of the manual page.
enum Topics {
    /// Named here, so that the help of every start does not make them all.
    static let names = ["keys", "files", "environment", "exit-codes", "examples"]

    static var all: [HelpTopic] { [keys, files, environment, exitCodes, examples] }

    private static var keys: HelpTopic {
        let keys = Keymap.readline.sections.map { section in
            HelpTopic.Section(
                section.title, section.rows.filter { !$0.does.isEmpty }.map { ($0.names, $0.does) })
        }
        let typed = HelpTopic.Section("Lines that begin with /", TypedCommand.all.map { ($0.usage, $0.does) })
        let marks = HelpTopic.Section(
            "At the end of your messages", DeliveryMark.allCases.map { ($0.symbol, $0.means(.readline)) })
        let own = HelpTopic.Section(
            "Keys of one's own",
            [
                (
                    "\"keys\": \"NAME\"",
                    """
                    In the configuration: readline, emacs, vim, or a file NAME.json; cruddur help files says where that is.
                    """
                ),
                (
                    "{ \"preset\": \"readline\", \"chat\": { \"Ctrl-G\": \"find\", \"Alt-Z\": null } }",
                    """
                    Such a file: what is other than in one of the three. null takes a key away. cruddur keys --list has all \
                    places and commands.
                    """
                ),
            ])
        return HelpTopic(
            "keys", "What the keys of the chat do. F1 shows yours in the chat, cruddur keys what a key is.",
            keys + [typed, marks, own])
    }

    private static var files: HelpTopic {
        let home = XDGFolders(["HOME": "/home"])
        let (settings, data, state) = (
            home.abbreviating(home.configuration), home.abbreviating(home.data), home.abbreviating(home.state)
        )
        return HelpTopic(
            "files",
            "What cruddur makes there is readable by you only. XDG_CONFIG_HOME, XDG_DATA_HOME and XDG_STATE_HOME move them.",
            [
                .init(
                    nil,
                    [
                        ("\(settings)/config.json", "The configuration; cruddur init makes it."),
                        (
                            "\(settings)/themes/NAME.json",
                            "Colours of one's own, for the setting theme and /theme NAME."
                        ),
                        ("\(settings)/keys/NAME.json", "Keys of one's own, for the setting keys."),
                        ("\(settings)/languages/NAME.json", "A language of one's own, for the setting language."),
                        (
                            "\(data)/history/",
                            "The history: a SQLite file for each backend and user, with messages, drafts and the outbox."
                        ),
                        ("\(data)/demo/", "All of the demo: its table, its users' configurations, its log."),
                        ("\(data)/demo-sign-in/", "The same of cruddur demo --sign-in."),
                        (
                            "\(state)/sign-ins/",
                            "The tokens of cruddur login and of refreshes; cruddur logout forgets them."
                        ),
                        ("\(state)/arrangement.json", "How wide the list is, and how dense the transcript."),
                        ("\(state)/cruddur.log", "The log, with --log and no name; two older ones beside it."),
                    ])
            ])
    }

    private static var environment: HelpTopic {
        let settings = ClientConfiguration.settingVariables.map { variable -> (term: String, means: String) in
            let value = variable.option.hasPrefix("--set ") ? "=VALUE" : " VALUE"
            return (variable.name, "The setting \(variable.setting); on a command line \(variable.option)\(value).")
        }
        return HelpTopic(
            "environment",
            "An option counts more than its variable, a variable more than the configuration file.",
            [
                .init("Settings", settings),
                .init(
                    "Other variables of cruddur",
                    [
                        ("CRUDDUR_CONFIG", "The configuration file, where --config names none."),
                        ("CRUDDUR_PASSWORD", "The password, for cruddur login, sign-up and recover."),
                        ("CRUDDUR_TITLE, CRUDDUR_BODY", "What is told, for the command of notify.command."),
                    ]),
                .init(
                    "Variables of the system",
                    [
                        ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Where files are kept: cruddur help files."),
                        (
                            "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
                            "Through which proxy servers are reached, and which are not; in small letters they count first."
                        ),
                        ("SSL_CERT_FILE", "The certificates to accept in place of the system's."),
                        ("VISUAL, EDITOR", "What Ctrl-X Ctrl-E (editor) opens; else vi."),
                        ("NO_COLOR", "Without colours, if it is not empty."),
                        (
                            "WAYLAND_DISPLAY, DISPLAY",
                            "Where wl-copy or xclip puts what is copied, beside the terminal."
                        ),
                        ("TERM_PROGRAM, VTE_VERSION, TMUX", "Which notification the terminal takes."),
                        ("COLORTERM", "truecolor or 24bit: the terminal has all colours that a theme names."),
                        ("ESCDELAY", "How many milliseconds Esc waits for a key that begins with it; 50 if not set."),
                        (
                            "TERM, LANG, LC_ALL",
                            "The terminal's type (dumb: the chat is in lines), and its character set, which must be UTF-8."
                        ),
                        (
                            "LC_ALL, LC_MESSAGES, LANG",
                            "The language of the chat, where the setting language is auto; the first that is set counts."
                        ),
                    ]),
            ])
    }

    private static var exitCodes: HelpTopic {
        .exitCodes(
            "What a command ends with, for scripts. cruddur doctor has its own: 2 for a problem.",
            ExitKind.allCases.map { ($0.rawValue, $0.means) })
    }

    private static var examples: HelpTopic { .examples("What is typed, and what it does.", Examples.all) }
}
