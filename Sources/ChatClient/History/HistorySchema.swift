import GRDB

/// The tables of the history. Times are microseconds since 1970.
enum HistorySchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 messages, groups, outbox, drafts, words") { database in
            try database.execute(sql: first)
        }
        return migrator
    }

    private static let first = """
        -- A conversation has no group until its first message has made one.
        CREATE TABLE conversation (
            id INTEGER PRIMARY KEY,
            group_uuid TEXT UNIQUE,
            handle TEXT NOT NULL,
            display_name TEXT NOT NULL,
            preview TEXT NOT NULL DEFAULT '',
            moved_at INTEGER,
            read_until INTEGER NOT NULL,
            is_listed INTEGER NOT NULL DEFAULT 1,
            reaches_start INTEGER NOT NULL DEFAULT 0
        );
        -- Names as they were: a person who is renamed is another row.
        CREATE TABLE person (
            id INTEGER PRIMARY KEY,
            handle TEXT NOT NULL,
            display_name TEXT NOT NULL,
            UNIQUE (handle, display_name)
        );
        -- id: milliseconds since 1970, or the next free number, so that a search finds the newest
        -- first without sorting. rank: the order within one instant. merged: counts the pages
        -- taken in; 0 for a message that is known to be one of ours from the outbox.
        CREATE TABLE message (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            at INTEGER NOT NULL,
            rank INTEGER NOT NULL DEFAULT 0,
            identity INTEGER NOT NULL,
            uuid NOT NULL,
            text TEXT NOT NULL,
            person INTEGER NOT NULL,
            merged INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX message_identity ON message (conversation, identity);
        CREATE INDEX message_order ON message (conversation, at, rank);
        -- After this message, some may have been missed.
        CREATE TABLE gap (message INTEGER PRIMARY KEY);
        -- Of messages of one instant: which stood before which in some page.
        CREATE TABLE tie (earlier INTEGER, later INTEGER, PRIMARY KEY (later, earlier)) WITHOUT ROWID;
        CREATE TABLE outgoing (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL,
            text TEXT NOT NULL,
            queued_at INTEGER NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            sent_at INTEGER,
            -- What was known when it was sent: the newest message's time, and the count of pages.
            after INTEGER,
            merged_before INTEGER NOT NULL DEFAULT 0,
            -- The process that sends it.
            owner TEXT NOT NULL
        );
        CREATE TABLE draft (conversation INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        -- The words of each message, as SearchWords makes them. No text is kept twice.
        CREATE VIRTUAL TABLE word USING fts5 (
            words, content = '', detail = none, tokenize = 'ascii', prefix = '1 2 3'
        );
        """
}
