import Programs

/// `cruddur-ops help TOPIC`, and those parts of the manual page.
enum Topics {
    /// Named here, so that the help of every start does not make them all.
    static let names = ["files", "environment", "exit-codes", "examples"]

    static var all: [HelpTopic] { [files, environment, exitCodes, examples] }

    private static let files = HelpTopic(
        "files", "Tables and users are where options say. Beside them there are:",
        [
            .init(
                nil,
                [
                    ("users.sqlite", "The users, beside the table of --embedded, where no option names others."),
                    (
                        "~/.local/state/cruddur/stream.sqlite",
                        "How far stream has come, where --checkpoints names no other."
                    ),
                    ("~/.aws/credentials, ~/.aws/config", "Credentials and region, as AWS's own tools read them."),
                ]),
            .init(
                "Of the Debian package",
                [
                    ("/etc/cruddur/serve.conf", "Options and variables of the unit cruddur-serve."),
                    ("/etc/cruddur/stream.conf", "Options and variables of the unit cruddur-stream."),
                    ("/var/lib/cruddur/", "What the units keep; belongs to the user cruddur."),
                ]),
        ])

    private static let environment = HelpTopic(
        "environment", "An option counts more than a variable.",
        [
            .init(
                "Users and who signs in",
                [
                    (
                        "CONNECTION_URL, DATABASE_URL",
                        "PostgreSQL with public.users, where --database-url is not given."
                    ),
                    ("PGHOST, PGUSER, PGPASSWORD, PGSSLMODE, ...", "The same, part by part, as libpq reads them."),
                    ("AWS_COGNITO_USER_POOL_ID", "The user pool, where --user-pool-id is not given."),
                    ("AWS_COGNITO_USER_POOL_CLIENT_ID", "The app client, where --client-id is not given."),
                ]),
            .init(
                "AWS",
                [
                    ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", "Credentials."),
                    ("AWS_PROFILE, AWS_DEFAULT_PROFILE", "Whose credentials and region in AWS's files."),
                    ("AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE", "Where those files are."),
                    ("AWS_REGION, AWS_DEFAULT_REGION", "The region, where --region is not given."),
                    (
                        "AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_DYNAMODB_STREAMS, AWS_ENDPOINT_URL",
                        "Another place than AWS, with --prod."
                    ),
                    (
                        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
                        "Another place for Cognito, where --cognito-endpoint-url is not given."
                    ),
                    (
                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI",
                        "Where a container has its credentials from."
                    ),
                    (
                        "AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                        "With which token it is given them, and where that stands."
                    ),
                    ("AWS_EC2_METADATA_DISABLED", "true: an instance's credentials are not asked for."),
                ]),
            .init(
                "The rest",
                [
                    ("CRUDDUR_OPS_AUDIT", "Where browse and user note who looked, where --audit is not given."),
                    ("XDG_STATE_HOME", "Where the checkpoints of stream are."),
                    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "Through which proxy AWS is reached."),
                    ("SSL_CERT_FILE", "The certificates to accept in place of the system's."),
                ]),
        ])

    private static var exitCodes: HelpTopic { .exitCodes("What a command ends with.", exits) }

    private static let exits: [(code: Int32, means: String)] = [
        (0, "It is done, and all that it printed was written."),
        (1, "It is not, and standard error says why."),
        (2, "check has found drift."),
        (64, "The command line is wrong, or what it needs is not given."),
        (141, "Whoever read its output has gone, as head does."),
    ]

    private static var examples: HelpTopic { .examples("What is typed, and what it does.", Examples.all) }
}
