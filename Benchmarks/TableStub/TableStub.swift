import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A DynamoDB that answers at once, and always the same: what is measured before it is the server. Beside
/// it a route that answers bytes from memory: what a server on the same library could do at best.
/// Its first argument is a user's uuid, who is in every group.
@main
struct TableStub {
    private static let target = HTTPField.Name("X-Amz-Target")!

    static func main() async throws {
        let user = CommandLine.arguments.dropFirst().first ?? "u"
        let group =
            #"{"pk": {"S": "GRP#\#(user)"}, "sk": {"S": "2026-11-24T05:50:07.058076+00:00"}, "message_group_uuid": {"S": "g"}, "message": {"S": "see you there"}, "user_uuid": {"S": "o"}, "user_display_name": {"S": "Other"}, "user_handle": {"S": "other"}}"#
        let messages = (10..<30).map {
            #"{"pk": {"S": "MSG#g"}, "sk": {"S": "2026-11-24T05:50:\#($0).058076+00:00"}, "message": {"S": "a message of forty letters, about as usual"}, "message_uuid": {"S": "1d33295e-0000-0000-0000-0000000000\#($0)"}, "user_uuid": {"S": "\#(user)"}, "user_display_name": {"S": "Somebody Else"}, "user_handle": {"S": "somebody"}}"#
        }.joined(separator: ", ")
        let groups = ByteBuffer(string: #"{"Items": [\#(group)], "ConsumedCapacity": {"CapacityUnits": 0.5}}"#)
        let page = ByteBuffer(string: #"{"Items": [\#(messages)], "ConsumedCapacity": {"CapacityUnits": 2}}"#)
        let written = ByteBuffer(string: "{}")
        let router = Router()
        router.post("/") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let isQuery = request.headers[target]?.hasSuffix(".Query") ?? false
            let answer = !isQuery ? written : String(buffer: body).contains("MSG#") ? page : groups
            return Response(status: .ok, body: .init(byteBuffer: answer))
        }
        // What a router can do at all: the bytes that were last put there, from memory.
        let memory = Mutex(ByteBuffer())
        router.put("/memory") { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            memory.withLock { $0 = bytes }
            return HTTPResponse.Status.noContent
        }
        router.get("/memory") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                body: .init(byteBuffer: memory.withLock { $0 }))
        }
        var logger = Logger(label: "stub")
        logger.logLevel = .error
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: {
                print($0.localAddress?.port ?? 0)
                fflush(nil)
            }, logger: logger
        ).run()
    }
}
