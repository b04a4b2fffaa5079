import Foundation
import Timestamps

/// A row of either list: a group with its last message and the other's names, or a message
/// with its sender's. Unknown fields are ignored, a missing name is the handle.
struct WireRow: Decodable, Hashable, Sendable {
    /// The group's, or the message's; a few servers leave the latter out.
    let uuid: String?
    let displayName: String
    let handle: String
    let message: String
    let createdAt: WireTime

    enum CodingKeys: String, CodingKey {
        case uuid, handle, message
        case displayName = "display_name"
        case createdAt = "created_at"
    }

    init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        // An empty one is none.
        uuid = try row.decodeIfPresent(String.self, forKey: .uuid).flatMap { $0.isEmpty ? nil : $0 }
        handle = try row.decodeIfPresent(String.self, forKey: .handle) ?? ""
        displayName = try row.decodeIfPresent(String.self, forKey: .displayName) ?? handle
        message = try row.decodeIfPresent(String.self, forKey: .message) ?? ""
        createdAt = try row.decode(WireTime.self, forKey: .createdAt)
    }
}

/// What is left of a group's row whose time or names cannot be read: enough to know that there is a group.
struct NamedRow: Decodable, Hashable, Sendable {
    let uuid: String
    let handle: String
}

/// A `created_at`: the instant, and the text it was written as.
struct WireTime: Decodable, Hashable, Sendable {
    let text: String
    let instant: Timestamp

    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        guard let instant = Timestamp(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a time: \(text)"))
        }
        self.instant = instant
    }
}

/// An array that keeps the rows that can be read and counts the others: one bad row
/// must not hide a whole conversation.
struct ReadableRows: Decodable, Sendable {
    private(set) var rows: [WireRow] = []
    private(set) var unreadable = 0
    /// Of rows that cannot be read as a whole, those that say which group they are of, and with whom.
    private(set) var named: [NamedRow] = []

    private struct Anything: Decodable {}

    /// Of a body that is no JSON as a whole, what is; `nil` if it is no array.
    init?(salvaging body: Data) {
        guard let elements = RowSplitter.rows(of: body) else { return nil }
        for element in elements {
            if let row = try? JSONDecoder().decode(WireRow.self, from: element) {
                rows.append(row)
            } else {
                leaveOut(try? JSONDecoder().decode(NamedRow.self, from: element))
            }
        }
    }

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        while !container.isAtEnd {
            if let row = try? container.decode(WireRow.self) {
                rows.append(row)
            } else {
                let named = try? container.decode(NamedRow.self)
                if named == nil { _ = try? container.decode(Anything.self) }
                leaveOut(named)
            }
        }
    }

    private mutating func leaveOut(_ row: NamedRow?) {
        unreadable += 1
        if let row { named.append(row) }
    }
}

/// What a server may call a group.
enum GroupUUID {
    /// Whether it can stand in a path and lead to this group: most are UUIDs, and none has to be.
    static func isUsable(_ uuid: String) -> Bool {
        !uuid.isEmpty && ![".", ".."].contains(uuid)
            && uuid.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }
}

/// Of a message.
enum MessageLimit {
    /// Unicode code points.
    static let scalars = 1024
}

/// A person as `GET /api/users/@{handle}/short` tells.
public struct UserShort: Decodable, Hashable, Sendable {
    public let handle: String
    public let displayName: String

    enum CodingKeys: String, CodingKey {
        case handle
        case displayName = "display_name"
    }

    public init(handle: String, displayName: String) {
        self.handle = handle
        self.displayName = displayName
    }

    public init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        handle = try row.decode(String.self, forKey: .handle)
        displayName = try row.decodeIfPresent(String.self, forKey: .displayName) ?? handle
    }
}

/// What a POST says.
struct NewMessage: Encodable {
    let message: String
    var messageGroupUUID: String?
    var handle: String?

    enum CodingKeys: String, CodingKey {
        case message, handle
        case messageGroupUUID = "message_group_uuid"
    }

    init(_ text: String, _ address: MessageAddress) {
        message = text
        switch address {
        case .group(let uuid): messageGroupUUID = uuid
        case .handle(let name): handle = name
        }
    }
}

/// What a POST answers: the echo of a message, or the uuid of a new group.
struct PostAnswer: Decodable, Sendable {
    let createdAt: WireTime?
    let handle: String?
    let messageGroupUUID: String?

    enum CodingKeys: String, CodingKey {
        case handle
        case createdAt = "created_at"
        case messageGroupUUID = "message_group_uuid"
    }

    init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        createdAt = try? row.decodeIfPresent(WireTime.self, forKey: .createdAt)
        handle = try? row.decodeIfPresent(String.self, forKey: .handle)
        messageGroupUUID = try? row.decodeIfPresent(String.self, forKey: .messageGroupUUID)
    }
}
