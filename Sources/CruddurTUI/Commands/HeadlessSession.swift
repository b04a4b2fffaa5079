#if false
    import ArgumentParser
    import ChatClient
    import Foundation

    /// A session without a screen: asks, waits for the answer, and ends.
    struct HeadlessSession {
        private let session: ChatSession
        private let polling: Task<Void, Never>

        init(_ configuration: ClientConfiguration) {
            let session = ChatSession(configuration: configuration, dataFolder: XDGFolders.current.data)
            self.session = session
            polling = Task { await session.run() }
        }

        /// Runs `body`, then closes the session's connections.
        ///
        /// - Throws: what `body` throws; `HeadlessError`.
        static func run<Value>(
            _ configuration: ClientConfiguration, _ body: (HeadlessSession) async throws -> Value
        ) async throws -> Value {
            let headless = HeadlessSession(configuration)
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(headless))
            } catch {
                result = .failure(error)
            }
            headless.polling.cancel()
            await headless.polling.value
            return try result.get()
        }

        /// Your groups, newest first.
        ///
        /// - Throws: `HeadlessError`.
        func groups() async throws -> [ConversationSummary] {
            try await wait { $0.hasGroups ? $0.conversations : nil }
        }

        /// The messages of the conversation that `name` is for: a handle or a group's uuid.
        ///
        /// - Throws: `HeadlessError`.
        func messages(of name: String) async throws -> OpenConversation {
            let groups = try await groups()
            let handle = name.hasPrefix("@") ? String(name.dropFirst()) : name
            guard let group = groups.first(where: { $0.title.handle == handle || $0.id == .group(name) }) else {
                throw HeadlessError.unknownConversation(name)
            }
            await session.open(group.id)
            return try await wait { $0.open.flatMap { $0.isFresh ? $0 : nil } }
        }

        /// Sends one message, to a group there is or to a new one.
        ///
        /// - Returns: the conversation it went to.
        /// - Throws: `HeadlessError`, `APIError`.
        func send(_ text: String, to name: String) async throws -> OpenConversation {
            let groups = try await groups()
            let handle = name.hasPrefix("@") ? String(name.dropFirst()) : name
            if let group = groups.first(where: { $0.title.handle == handle || $0.id == .group(name) }) {
                await session.open(group.id)
            } else if let person = try await session.person(handle: handle) {
                await session.openConversation(with: person)
            } else {
                throw HeadlessError.unknownPerson(handle)
            }
            let open = try await wait(\.open)
            guard let outgoing = await session.send(text, to: open.id) else {
                throw HeadlessError.unknownConversation(name)
            }
            for await snapshot in session.updates {
                guard let open = snapshot.open else { continue }
                guard let own = open.entries.last(where: { $0.id == .outgoing(outgoing.id) }) else { return open }
                switch own.delivery {
                case nil, .sent: return open
                case .sending: continue
                case .failed(let reason):
                    await session.discard(outgoing.id, in: open.id)
                    throw HeadlessError.notSent(reason)
                case .unsure(let reason):
                    // It stays in the outbox: the chat shows it, and looks for it.
                    throw HeadlessError.unsure(reason)
                case .queued:
                    guard let problem = problem(snapshot) else { continue }
                    // A script tries again by itself.
                    await session.discard(outgoing.id, in: open.id)
                    throw problem
                }
            }
            throw HeadlessError.offline("the session has ended")
        }

        /// - Throws: `HeadlessError` when the server cannot be reached, or refuses us.
        private func wait<Value>(_ value: (ChatSnapshot) throws -> Value?) async throws -> Value {
            for await snapshot in session.updates {
                if let value = try value(snapshot) { return value }
                if let problem = problem(snapshot) { throw problem }
            }
            throw HeadlessError.offline("the session has ended")
        }

        private func problem(_ snapshot: ChatSnapshot) -> HeadlessError? {
            switch snapshot.connection.state {
            case .offline(let reason, _, _): .offline(reason)
            case .signedOut: .signedOut
            case .connecting, .online: nil
            }
        }
    }

    /// Why a headless command did not do it.
    enum HeadlessError: Error, CustomStringConvertible {
        case offline(String)
        case signedOut
        case unknownConversation(String)
        case unknownPerson(String)
        case notSent(String)
        case unsure(String)
        case blank
        case readOnly
        case tooLong(Int)

        var description: String {
            switch self {
            case .offline(let reason): "\(reason)"
            case .signedOut: "the server does not accept your access token; put a new one into the configuration"
            case .unknownConversation(let name):
                "you have no conversation with \(name). cruddur groups lists those you have."
            case .unknownPerson(let handle): "nobody has the handle @\(handle)"
            case .notSent(let reason): "not sent: \(reason)"
            case .unsure(let reason):
                "the message may or may not have arrived: \(reason). Look with cruddur messages before you send it again."
            case .readOnly: "read_only is true in the configuration: nothing is sent"
            case .blank: "the message is blank"
            case .tooLong(let excess): "the message is too long by \(excess) of 1024 characters"
            }
        }
    }
#endif
