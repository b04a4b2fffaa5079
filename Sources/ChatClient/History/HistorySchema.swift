import GRDB

/// The tables of the history. Times are microseconds since 1970.
enum HistorySchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 messages, groups, outbox, drafts, words") { database in
            try database.execute(sql: first)
        }
        migrator.registerMigration("2 what is unread, and what was told last, is kept and not counted anew") {
            database in
            try database.execute(sql: second)
        }
        // Of SearchWords' version 2; the words are cut anew a little at a time, while the history is in use.
        migrator.registerMigration("3 words as one sees them") { database in
            try database.execute(sql: third)
        }
        migrator.registerMigration("4 keys, so that a message can be sent again and is stored once") { database in
            try database.execute(sql: fourth + keys)
        }
        migrator.registerMigration("5 ours that were found listed keep the number of their page") { database in
            try database.execute(sql: fifth)
        }
        migrator.registerMigration("6 what a person wants of a conversation") { database in
            try database.execute(sql: sixth)
        }
        // The words are cut anew, as in 3.
        migrator.registerMigration("7 a message takes less room") { database in
            try database.execute(sql: seventh)
        }
        migrator.registerMigration("8 where one was in a conversation") { database in
            try database.execute(sql: "ALTER TABLE conversation ADD COLUMN place_at INTEGER;")
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
        -- taken in; 0 for a message that can be none of those in the outbox.
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

    /// `read_until` is from now on only what had been said before the conversation's first page was read here.
    private static let second = """
        ALTER TABLE message ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX message_unread ON message (conversation, merged) WHERE unread = 1;
        -- What pages have told since something was sent.
        CREATE INDEX message_merged ON message (conversation, merged) WHERE merged > 0;
        -- Whether the messages behind it were unread when it came to be.
        ALTER TABLE gap ADD COLUMN is_unread INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE outgoing DROP COLUMN after;
        -- An earlier try may have arrived.
        ALTER TABLE outgoing ADD COLUMN was_unsure INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX outgoing_conversation ON outgoing (conversation, id);
        -- What was told last, by whichever page.
        ALTER TABLE conversation ADD COLUMN last_text TEXT;
        ALTER TABLE conversation ADD COLUMN last_at INTEGER;
        ALTER TABLE conversation ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conversation ADD COLUMN has_more_unread INTEGER NOT NULL DEFAULT 0;
        -- The server's list tells of a message that is not here.
        ALTER TABLE conversation ADD COLUMN is_behind INTEGER NOT NULL DEFAULT 0;
        -- The time of the row that the server's list told last, which may be older than the newest it ever told.
        ALTER TABLE conversation ADD COLUMN told_at INTEGER;
        -- The last page was no full one: nothing had been said that it did not show.
        ALTER TABLE conversation ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 0;
        -- The number of the last change: who knows one sees what came after it.
        ALTER TABLE conversation ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX conversation_changed ON conversation (changed);
        \(derived)
        """

    /// What version 2 counts and keeps, of rows of version 1.
    static let derived = """
        UPDATE message SET unread = 1 WHERE EXISTS (
            SELECT 1 FROM conversation JOIN person ON person.handle = conversation.handle
            WHERE conversation.id = message.conversation AND person.id = message.person AND at > read_until);
        UPDATE conversation SET
            unread = (SELECT count(*) FROM message WHERE conversation = conversation.id AND unread = 1),
            (last_text, last_at) = (
                SELECT text, at FROM message WHERE conversation = conversation.id ORDER BY at DESC, rank DESC LIMIT 1);
        UPDATE conversation SET is_behind = moved_at IS NOT NULL AND moved_at > coalesce(last_at, read_until);
        UPDATE outgoing SET was_unsure = 1 WHERE state = 'unsure';
        """

    /// `unindexed`: the newest message whose words are not cut yet, and all older ones.
    private static let third = """
        INSERT INTO word (word) VALUES ('delete-all');
        INSERT INTO fact SELECT 'unindexed', id FROM message ORDER BY id DESC LIMIT 1;
        """

    /// `first_tried_at`: when it was first sent to a server that keeps keys; `first_sent_to`: to whom, and how.
    private static let fourth = """
        ALTER TABLE outgoing ADD COLUMN key TEXT NOT NULL DEFAULT '';
        ALTER TABLE outgoing ADD COLUMN first_tried_at INTEGER;
        ALTER TABLE outgoing ADD COLUMN first_sent_to TEXT;

        """

    /// What an earlier version put in line has no key yet.
    static let keys = "UPDATE outgoing SET key = lower(hex(randomblob(16))) WHERE key = '';"

    /// `merged` below 0: taken for one of ours that was in the outbox, and told by that page.
    private static let fifth = "CREATE INDEX message_claimed ON message (conversation, merged) WHERE merged < 0;"

    /// `archived_until`: out of the list as long as nothing later was said.
    private static let sixth = """
        ALTER TABLE conversation ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conversation ADD COLUMN is_muted INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conversation ADD COLUMN archived_until INTEGER;
        """

    /// The identity is of the message in its conversation (SQLite has no other way to write its exclusive or), so that
    /// the index need not name that; and nobody asks for the counts of words that FTS5 keeps by itself.
    private static let seventh = """
        DROP INDEX message_identity;
        UPDATE message SET identity = (identity | conversation) & ~(identity & conversation);
        CREATE UNIQUE INDEX message_identity ON message (identity);
        DROP TABLE word;
        CREATE VIRTUAL TABLE word USING fts5 (
            words, content = '', columnsize = 0, detail = none, tokenize = 'ascii', prefix = '1 2 3'
        );
        INSERT OR REPLACE INTO fact SELECT 'unindexed', id FROM message ORDER BY id DESC LIMIT 1;
        """
}
