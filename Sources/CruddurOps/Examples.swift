import Programs

/// What the help of each command begins with. All of them: `cruddur-ops help examples`.
enum Examples {
    static let program = [
        Example("cruddur-ops schema-load", "A table in DynamoDB at http://localhost:8000."),
        Example(
            "cruddur-ops serve --embedded table.sqlite --user-pool-id POOL --client-id CLIENT",
            "The API, on a table and users in SQLite."),
        Example("cruddur-ops check --prod --repair", "Looks through the table at AWS, and mends it."),
    ]

    static let schemaLoad = [
        Example("cruddur-ops schema-load", "In DynamoDB at http://localhost:8000."),
        Example("cruddur-ops schema-load --prod --on-demand", "At AWS, paid for by request."),
    ]

    static let drop = [Example("cruddur-ops drop cruddur-drill --prod", "At AWS; asks for the name once more.")]

    static let seed = [
        Example("cruddur-ops seed", "The built-in conversation between @andrewbrown and @bayko."),
        Example("cruddur-ops seed --embedded table.sqlite --from mei --to nia", "In SQLite, with users that it adds."),
    ]

    static let patterns = [
        Example("cruddur-ops patterns", "What the keys of Cruddur's table look like."),
        Example("cruddur-ops patterns --json", "A file to begin another application's with."),
        Example("cruddur-ops patterns --file orders.json", "Whether it can be read, and what it says."),
    ]

    static let scan = [
        Example("cruddur-ops scan --plain --limit 10", "Ten items, with texts as they are."),
        Example("cruddur-ops scan --summary", "How many there are of each kind."),
        Example("cruddur-ops scan --table orders --patterns orders.json", "Another application's, in its own words."),
    ]

    static let getConversation = [
        Example(
            "cruddur-ops get-conversation 5ae290ed-55d1-47a0-bc6d-fe2bc2700399 --limit 5", "Its five newest messages.")
    ]

    static let listConversations = [
        Example("cruddur-ops list-conversations @andrewbrown", "Whom they wrote with, newest first.")
    ]

    static let updateCognitoUserIDs = [
        Example("cruddur-ops update-cognito-user-ids --user-pool-id POOL --dry-run", "What it would change.")
    ]

    static let serve = [
        Example(
            "cruddur-ops serve --user-pool-id POOL --client-id CLIENT", "On DynamoDB and PostgreSQL of this machine."),
        Example(
            "cruddur-ops serve --embedded table.sqlite --user-pool-id POOL --client-id CLIENT",
            "On SQLite, with the users beside the table."),
        Example(
            "cruddur-ops serve --prod --host 0.0.0.0 --trust-forwarded-for",
            "At AWS behind a balancer; the pool is in variables."),
    ]

    static let stream = [
        Example("cruddur-ops stream --prod --checkpoints stream.sqlite", "Goes on where the last run stopped."),
        Example("cruddur-ops stream --prod --watch", "Tells of each message how late it came, and which rows moved."),
    ]

    static let top = [
        Example("cruddur-ops top spans.jsonl", "Every two seconds, what was asked of the table meanwhile."),
        Example("cruddur-ops top spans.jsonl --once --json", "All that is in the file, for a program."),
        Example("cruddur-ops top --metrics http://127.0.0.1:9100/metrics", "From a server that does not trace."),
    ]

    static let check = [
        Example("cruddur-ops check", "What does not fit together; ends with 2 if anything does not."),
        Example("cruddur-ops check --prod --repair", "Mends what is safe, after asking."),
        Example(
            "cruddur-ops check --prod --repair --resolve --plan plan.jsonl", "Writes all changes down, for review."),
        Example("cruddur-ops check --prod --apply plan.jsonl", "Makes them."),
    ]

    static let user = [
        Example("cruddur-ops user @mei export --prod --html --output mei.html", "All that is kept of Mei."),
        Example("cruddur-ops user @mei erase --prod", "Shows what goes, asks, and erases it."),
    ]

    static let browse = [
        Example("cruddur-ops browse @mei --prod", "Mei's conversations, with masked texts."),
        Example("cruddur-ops browse @mei --prod --at 2026-11-24T12:00:00Z", "As they were then."),
    ]

    /// In the order in which one needs them.
    static let all: [(command: String, [Example])] = [
        ("The table", schemaLoad + seed + scan + patterns + drop),
        ("Conversations", getConversation + listConversations + browse),
        ("Services", serve + stream + top), ("Care", check), ("People", updateCognitoUserIDs + user),
    ]
}
