import DatabaseVersion
import Foundation
import GRDB
import TestSupport
import Testing
import Timestamps
import Users

@testable import MessageTable

/// What is written into a file that is no more is kept nowhere, and must not be said to be.
@Suite struct DatabaseFilesTests {
    enum Fate: String, CaseIterable { case removed, moved, another }

    private static let suffixes = ["", "-wal", "-shm"]

    private func befall(_ path: String, _ fate: Fate) throws {
        switch fate {
        case .removed: try FileManager.default.removeItem(atPath: path)
        case .moved: try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        case .another:
            try FileManager.default.copyItem(atPath: path, toPath: path + ".new")
            #expect(rename(path + ".new", path) == 0)
        }
    }

    @Test(arguments: suffixes, Fate.allCases)
    func nothingIsSaidToBeKeptInATableThatIsNoMore(_ suffix: String, _ fate: Fate) async throws {
        let folder = try TemporaryFolder()
        let engine = try EmbeddedEngine(path: folder.path + "/table.sqlite") { Timestamp(microseconds: 0) }
        let item = Item(key: ItemKey(partition: "MSG#g", sort: "1"), attributes: ["message": "a"])
        try await engine.put(item, if: .none)
        try await engine.checkWritable()
        try befall(folder.path + "/table.sqlite" + suffix, fate)
        let writes: [() async throws -> Void] = [
            { try await engine.put(item, if: .none) }, { try await engine.putAll([item]) },
            { try await engine.checkWritable() }, { try await engine.setCheckpoint("1", of: "worker") },
        ]
        for write in writes {
            let error = await #expect(throws: TableError.self) { try await write() }
            #expect(error?.description.contains("was removed or replaced while it was open") == true)
        }
    }

    @Test(arguments: suffixes, Fate.allCases)
    func nobodyIsAddedToUsersThatAreNoMore(_ suffix: String, _ fate: Fate) async throws {
        let folder = try TemporaryFolder()
        let users = try EmbeddedUsers(path: folder.path + "/users.sqlite")
        func user(_ handle: String) -> User {
            User(uuid: handle, displayName: handle, email: "\(handle)@x", handle: handle, cognitoUserID: "id-\(handle)")
        }
        try await users.add(user("ada"))
        try befall(folder.path + "/users.sqlite" + suffix, fate)
        await #expect(throws: DatabaseError.self) { try await users.add(user("bob")) }
        await #expect(throws: DatabaseError.self) { try await users.remove("ada") }
    }

    @Test func aDatabaseBehindLinksIsWholeAtItsOwnPlace() throws {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.path + "/elsewhere", withIntermediateDirectories: true)
        let place = folder.path + "/elsewhere/file.sqlite"
        let links = ["/absolute": place, "/relative": "elsewhere/file.sqlite", "/both": "absolute"]
        for (name, target) in links {
            try manager.createSymbolicLink(atPath: folder.path + name, withDestinationPath: target)
            #expect(DatabaseFiles.place(of: folder.path + name) == place || name == "/both")
        }
        let database = try DatabasePool(path: place)
        try database.write { try $0.execute(sql: "CREATE TABLE numbers (number INTEGER)") }
        let files = try #require(DatabaseFiles(path: place))
        for name in links.keys { #expect(DatabaseFiles(path: folder.path + name) == files) }
        #expect(!files.areGone(from: folder.path + "/both"))
        try manager.removeItem(atPath: folder.path + "/absolute")
        #expect(files.areGone(from: folder.path + "/both") && !files.areGone(from: folder.path + "/relative"))
        // One that goes round in a circle leads nowhere.
        try manager.createSymbolicLink(atPath: folder.path + "/circle", withDestinationPath: "circle")
        #expect(DatabaseFiles(path: folder.path + "/circle") == nil)
        try database.close()
    }
}
