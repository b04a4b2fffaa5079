import Foundation
import GRDB

/// The embedded engine's tables, and how attributes are kept in them: as JSON, texts as they are and what has
/// another type as DynamoDB writes it: `{"message": "hello", "likes": {"N": "3"}}`.
enum EmbeddedSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("items and stream") { database in
            try database.execute(
                sql: """
                    CREATE TABLE items (
                        pk TEXT NOT NULL, sk TEXT NOT NULL, message_group_uuid TEXT, attributes TEXT NOT NULL,
                        PRIMARY KEY (pk, sk)
                    ) WITHOUT ROWID;
                    CREATE INDEX "message-group-sk-index" ON items (message_group_uuid, sk)
                        WHERE message_group_uuid IS NOT NULL;
                    CREATE TABLE stream (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL,
                        pk TEXT NOT NULL, sk TEXT NOT NULL, new_image TEXT, at INTEGER NOT NULL
                    );
                    CREATE TABLE checkpoints (consumer TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("stream by time") { database in
            try database.execute(
                sql: """
                    CREATE INDEX stream_at ON stream (at);
                    CREATE TABLE readiness (asked INTEGER NOT NULL);
                    """)
        }
        migrator.registerMigration("items that end") { database in
            try database.execute(
                sql: """
                    ALTER TABLE items ADD COLUMN expires_at INTEGER;
                    CREATE INDEX items_that_end ON items (expires_at) WHERE expires_at IS NOT NULL;
                    """)
        }
        return migrator
    }

    /// Twenty rows a poll: it is not made anew for each.
    private static let decoder = JSONDecoder()

    static func encode(_ attributes: Item.Attributes) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(attributes.mapValues(PlainAttribute.init)), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> Item.Attributes {
        let json = Data(text.utf8)
        // Nearly every row holds nothing but texts, and those are read twice as fast so.
        if let texts = try? decoder.decode([String: String].self, from: json) {
            return texts.mapValues(AttributeValue.string)
        }
        return try decoder.decode([String: PlainAttribute].self, from: json).mapValues(\.value)
    }
}
