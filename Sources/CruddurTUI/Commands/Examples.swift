import Programs

/// What the help of each command begins with. All of them: `cruddur help examples`.
enum Examples {
    static let chat = [
        Example("cruddur", "The chat; F1 in it shows every key."),
        Example("cruddur demo", "The same on a backend of its own: no account, no network."),
        Example("cruddur --profile work", "The chat on another backend of the configuration."),
        Example("cruddur --plain", "The chat in lines, for a screen reader."),
    ]

    static let start = [
        Example(
            "cruddur init https://cruddur.example", "Finds what is to be known on that page, and asks for the rest."),
        Example("cruddur init --profile work", "Adds a backend under a name."),
    ]

    static let login = [
        Example("cruddur login", "Asks for the e-mail address and the password."),
        Example("cruddur login --password-command 'pass show cruddur'", "Has them from a program."),
    ]

    static let demo = [
        Example("cruddur demo", "Somebody answers what you write."),
        Example("cruddur demo --as mei", "In a second terminal: joins as one of the others."),
        Example("cruddur demo --tour", "The table's access patterns one by one, and what goes wrong with them."),
        Example(
            "cruddur demo --as-seed move-gap", "Its backend does that as the seed's code does; F8 in it changes it."),
        Example("cruddur demo --fresh --stream-lag 3", "Starts anew, with a table whose stream is slow."),
    ]

    static let open = [Example("cruddur open @mei", "The chat, with Mei's conversation in front.")]

    static let groups = [
        Example("cruddur groups", "Your conversations, newest first."),
        Example("cruddur groups --json", "An object a line, with the number of unread messages."),
    ]

    static let messages = [
        Example("cruddur messages @mei", "The newest messages, oldest first."),
        Example("cruddur messages @mei --since 2h --follow", "Those of the last two hours, and what comes."),
        Example("cruddur messages @mei --limit 500 --json", "Older ones too, for a program."),
    ]

    static let send = [
        Example("cruddur send @mei \"see you there\"", "Ends with 0 when the server has taken it."),
        Example("cruddur send @mei --file notes.txt", "Sends what is in a file."),
        Example("cruddur send @mei -", "Sends what it reads from standard input."),
    ]

    static let watch = [Example("cruddur watch --json", "For a bot: an object a line, as messages come.")]

    static let search = [
        Example("cruddur search \"sort keys\"", "In all that was ever shown here."),
        Example("cruddur search from:mei after:2026-11-01 has:link", "Mei's since then, with a link."),
    ]

    static let export = [
        Example("cruddur export @mei --output mei.md", "All that is kept of a conversation, as markdown."),
        Example("cruddur export @mei --format json", "As JSON, on standard output."),
    ]

    static let forget = [Example("cruddur forget --conversation @mei", "Wipes it from this machine, after asking.")]

    static let outbox = [
        Example("cruddur outbox", "What is not known to have arrived, with a number for each."),
        Example("cruddur outbox retry 3", "Looks whether it has arrived, and sends it if not."),
        Example("cruddur outbox discard --all", "Sends none of them any more."),
    ]

    static let doctor = [
        Example("cruddur doctor", "What is well, what is not, and what to do."),
        Example("cruddur doctor --strict", "For scripts: ends with 1 also for a warning."),
    ]

    static let keys = [
        Example("cruddur keys", "Says of each key that is pressed what it is."),
        Example("cruddur keys vim --list", "All keys of a keymap."),
    ]

    /// In the order in which one needs them.
    static let all: [(command: String, [Example])] = [
        ("Begin", demo + start + login), ("Chat", chat + open), ("Read", groups + messages + search + export),
        ("Write", send + outbox), ("For programs", watch), ("Care", doctor + keys + forget),
    ]
}
