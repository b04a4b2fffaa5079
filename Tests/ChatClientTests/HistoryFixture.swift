import Foundation
import GRDB
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// A folder for a history, and what is said in it.
struct HistoryFixture {
    static let now = Timestamp("2026-11-24T12:00:00Z")!

    let folder: TemporaryFolder
    let file: HistoryFile

    init() throws {
        folder = try TemporaryFolder()
        file = HistoryFile(path: folder.path + "/history/me.sqlite")
    }

    func open() throws -> History { try file.open(at: Self.now).history }

    /// All of the files, as `rm -r` does it.
    func remove() throws { try FileManager.default.removeItem(atPath: folder.path + "/history") }

    static func message(
        _ number: Int, _ text: String? = nil, at seconds: Double? = nil, handle: String = "bob"
    ) -> Message {
        Message(
            uuid: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 255)))
                .uuidString.lowercased(),
            text: text ?? "text \(number)", handle: handle, displayName: handle.uppercased(),
            at: now.advanced(bySeconds: seconds ?? Double(number)))
    }

    static func group(_ uuid: String = "g", handle: String = "bob") -> Group {
        Group(uuid: uuid, handle: handle, displayName: handle.uppercased(), preview: "p", at: now)
    }

    /// The row of a group, made if there is none.
    static func row(_ history: History, _ uuid: String = "g", handle: String = "bob") async throws -> Int64 {
        if let known = try await history.conversation(ofGroup: uuid) { return known.id.row }
        try await history.save([group(uuid, handle: handle)], readUntil: nil)
        return try #require(try await history.conversation(ofGroup: uuid)).id.row
    }
}

extension History {
    @discardableResult
    func queue(_ text: String, _ row: Int64, by owner: String = "p") async throws -> Outgoing.ID {
        try #require(try await enqueue(text, in: row, by: owner, at: HistoryFixture.now, draft: nil)).id
    }

    func waiting() async throws -> [String] { try await outbox().map(\.outgoing.text).sorted() }

    func texts(_ row: Int64) async throws -> [String] {
        try await content(TranscriptWindow(), of: row).messages.map(\.message.text)
    }

    /// As a disk that takes nothing refuses it.
    func refuseOnDisk(_ fault: HistoryFault = .full) throws {
        if database is DatabasePool { throw fault }
    }
}
