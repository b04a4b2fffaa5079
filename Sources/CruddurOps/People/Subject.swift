import ExactText
import MessageTable
import Users

/// Whose data is asked for: what items name them by.
struct Subject: Sendable {
    let uuid: String
    /// As the directory has them; `nil` for somebody whom only the table knows.
    let user: User?

    var handle: String { user?.handle ?? uuid }

    /// What an item has to do with them.
    enum Concern: Sendable {
        /// It is theirs: their rows, keys, the mark of their pairs.
        case own
        /// A message that they wrote.
        case written
        /// Another's row of a conversation with them.
        case named
        /// It holds one of their names, and is nothing that we know.
        case unknown
    }

    func concern(_ item: Item) -> Concern? {
        let key = item.key
        if key.partition == "GRP#\(uuid)" || key.partition == "KEY#\(uuid)" { return .own }
        if key.partition.hasPrefix("PAIR#"), PairItem.members(key).contains(uuid) { return .own }
        if key.partition == GoneItem.key(user: uuid).partition { return nil }
        let isNamed = item.text("user_uuid") == uuid || item.text("user_uuid") == nil && isHandle(item)
        if isNamed, key.partition.hasPrefix("MSG#") { return .written }
        if isNamed, key.partition.hasPrefix("GRP#") { return .named }
        // A handle that somebody had before them, or has since, names somebody else.
        let isAnothers = item.text("user_uuid").map { $0 != uuid } ?? false
        let names = item.attributes.filter { !isAnothers || $0.key != "user_handle" }
        return names.values.contains(where: holds) ? .unknown : nil
    }

    /// A mark that is left where they were erased.
    func isTombstone(_ item: Item) -> Bool {
        if item.key == GoneItem.key(user: uuid) { return true }
        let erased = Person.erased(uuid)
        guard item.text("user_uuid") == uuid, item.text("user_handle") == erased.handle,
            item.text("user_display_name") == erased.displayName
        else { return false }
        return item.key.partition.hasPrefix("GRP#") && item.key.partition != "GRP#\(uuid)"
            || item.key.partition.hasPrefix("MSG#") && item.text("message") == Person.erasedText
    }

    private func isHandle(_ item: Item) -> Bool { user?.handle.isExactly(item.text("user_handle")) ?? false }

    private func holds(_ value: AttributeValue) -> Bool {
        switch value {
        case .string(let text):
            !text.isEmpty && [uuid, user?.handle, user?.email, user?.cognitoUserID].contains { text.isExactly($0) }
        case .map(let members): members.values.contains(where: holds)
        case .list(let elements): elements.contains(where: holds)
        case .stringSet(let texts): texts.contains { holds(.string($0)) }
        default: false
        }
    }
}

extension TableEngine {
    /// Every item, page by page.
    ///
    /// - Throws: what the engine and `body` throw.
    func each(_ body: (Item) throws -> Void) async throws {
        var after: ItemKey?
        repeat {
            let page = try await scan(limit: 1000, after: after)
            for item in page.items { try body(item) }
            after = page.next
        } while after != nil
    }
}
