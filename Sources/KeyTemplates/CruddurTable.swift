import Foundation

extension TableTemplates {
    /// Cruddur's own table: the first such file.
    public static let cruddur: TableTemplates = {
        do {
            return try TableTemplates(json: Data(cruddurFile.utf8))
        } catch {
            preconditionFailure("the built-in templates cannot be read: \(error)")
        }
    }()

    private static let cruddurFile = """
        {
          "table": "cruddur-messages",
          "partition_key": "pk",
          "sort_key": "sk",
          "indexes": [
            {"name": "message-group-sk-index", "partition_key": "message_group_uuid", "sort_key": "sk"}
          ],
          "entities": [
            {"name": "message", "partition_key": "MSG#{message_group_uuid}", "sort_key": "{created_at}"},
            {"name": "message group", "partition_key": "GRP#{my_user_uuid}", "sort_key": "{last_message_at}"},
            {"name": "pair", "partition_key": "PAIR#{one_user_uuid}#{other_user_uuid}", "sort_key": "PAIR"},
            {"name": "idempotency key", "partition_key": "KEY#{user_uuid}", "sort_key": "{idempotency_key}"},
            {"name": "merged group", "partition_key": "MOVED#{message_group_uuid}", "sort_key": "MOVED"},
            {"name": "user who is gone", "partition_key": "GONE#{user_uuid}", "sort_key": "GONE"}
          ],
          "patterns": [
            {"letter": "A", "name": "list a group's messages", "operations": ["Query"], "entities": ["message"]},
            {"letter": "B", "name": "list a user's groups", "operations": ["Query"], "entities": ["message group"]},
            {"letter": "C", "name": "add a message", "operations": ["PutItem", "TransactWriteItems"],
              "entities": ["message"], "also": ["idempotency key"]},
            {"letter": "D", "name": "start a group", "operations": ["TransactWriteItems"],
              "entities": ["message", "message group"], "also": ["pair", "idempotency key"]},
            {"letter": "E", "name": "move the groups", "operations": ["TransactWriteItems"],
              "entities": ["message group"]}
          ]
        }
        """
}
