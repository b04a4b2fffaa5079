import BoundedNumbers
import Foundation
import Hummingbird
import MessageTable
import NIOCore
import Timestamps
import Users

/// `GET /api/messages/{group_uuid}` and `POST /api/messages`
struct MessageRoutes {
    let conversations: Conversations
    let lists: ListAnswers
    let conditional: ConditionalAnswer
    let isReadOnly: Bool
    let deviation: ServerDeviation

    /// The newest 20; with `before` and `limit`, older ones.
    func list(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let group = try context.parameters.require("message_group_uuid")
        guard !group.holdsNUL else { throw RequestError.invalid([.groupUUIDInvalid]) }
        let user = try context.requireUser()
        let window = try MessageWindow(request.uri.queryParameters)
        return try await conditional.make(request, context, from: MessageItem.partition(group: group)) {
            try await lists.messages(in: group, for: user, window)
        }
    }

    /// With a group: pattern C and the echo. Without: pattern D and the group's uuid. With an `Idempotency-Key`: once.
    func create(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let user = try context.requireUser()
        guard !isReadOnly else { throw RequestError.readOnly }
        let key = try IdempotencyKey(request.headers)
        let body = try await NewMessage(request, context)
        if let group = body.messageGroupUUID {
            let message = try await conversations.add(body.message ?? "", to: group, from: user, once: key)
            return JSONAnswer.make(encoded: JSONBytes(MessageAnswer(deviation.echo(message), echoing: group)).buffer)
        }
        guard let handle = body.handle else {
            throw RequestError.invalid([.groupUUIDBlank, .handleBlank])
        }
        let message = try await conversations.start(body.message ?? "", with: handle, from: user, once: key)
        return try JSONAnswer.make(["message_group_uuid": message.group])
    }
}

extension MessageWindow {
    /// - Throws: `RequestError.malformedQuery`.
    fileprivate init(_ parameters: Parameters) throws {
        if let limit = parameters["limit"] {
            guard let number = Int(decimal: limit, in: 1...Conversations.largestPage) else {
                throw RequestError.malformedQuery("limit is a number from 1 to \(Conversations.largestPage)")
            }
            self.limit = number
        }
        if let before = parameters["before"] {
            guard let time = Timestamp(String(before)) else {
                throw RequestError.malformedQuery("before is a time, as created_at has it")
            }
            self.before = time.description
        }
    }
}

/// The body of a POST. The web page sends both names, one of them `null`.
private struct NewMessage: Decodable {
    let message: String?
    let messageGroupUUID: String?
    let handle: String?

    enum CodingKeys: String, CodingKey {
        case message, handle
        case messageGroupUUID = "message_group_uuid"
    }

    init(_ request: Request, _ context: CruddurRequestContext) async throws {
        let type = request.headers[.contentType]?.split(separator: ";").first ?? ""
        guard type.trimmingCharacters(in: .whitespaces).lowercased() == "application/json" else {
            throw RequestError.unsupportedMediaType
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: context.maxUploadSize)
        } catch is NIOTooManyBytesError {
            throw RequestError.bodyTooLarge
        } catch {
            // A chunk that is none, or a caller that went away in the middle.
            try Task.checkCancellation()
            throw RequestError.malformedBody("the body cannot be read to its end")
        }
        do {
            self = try JSONDecoder().decode(NewMessage.self, from: Data(body.readableBytesView))
        } catch {
            throw RequestError.malformedBody(
                "the body must be a JSON object with the strings message and message_group_uuid or handle")
        }
    }
}
