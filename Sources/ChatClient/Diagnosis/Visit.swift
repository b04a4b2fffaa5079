import Foundation
import HTTPExchange
import Timestamps

/// One look at a backend, as the chat would use it: each question is asked once, and what it tells is kept for the next.
actor Visit {
    nonisolated let configuration: ClientConfiguration
    /// What is kept of this backend and user, if it is there.
    nonisolated let files: [String]

    private let http: HTTPConnector
    private let api: CruddurAPI
    private let time: any TimeSource
    private var healthAnswer: HealthAnswer?
    private var listed: [WireRow]?
    private var facts = TrapsCheck()
    /// The row's time and the newest message's, of the groups that were read.
    private var lags: [(row: Timestamp, message: Timestamp)] = []
    /// The backend answers, whatever it says.
    private(set) var isReachable = false

    init(_ configuration: ClientConfiguration, dataFolder: String, time: any TimeSource, log: ClientLog = .none) {
        self.configuration = configuration
        self.time = time
        http = HTTPConnector(limit: .seconds(9), network: configuration.network, time: time, log: log)
        let history = configuration.keepsHistory ? HistoryFile(configuration, in: dataFolder).path : nil
        files = [configuration.signIn.path, history].compactMap(\.self)
        let tokens = TokenStore(configuration, http: http, time: time, log: log)
        api = CruddurAPI(http: http, tokens: tokens, backend: configuration.backend, paths: configuration.paths)
    }

    /// To be called once, at the end.
    func end() async { await http.shutdown() }

    // MARK: The way there

    func certificates() async -> Check {
        guard configuration.backend.scheme == "https" else {
            let isOwn = configuration.backend.isLoopback
            return isOwn
                ? Check(.tls, .ok, "none: the backend is on this machine")
                : Check(
                    .tls, .warning, "none: everybody on the way can read your tokens",
                    advice: "use https in backend_url")
        }
        do {
            _ = try await http.send(HTTPCall(.get, configuration.backend.description + "/"))
            return Check(.tls, .ok, "the certificate is accepted")
        } catch {
            return Check(.tls, .problem, "\(error)", advice: "check backend_url, and the certificate")
        }
    }

    func health() async -> Check {
        let begin = time.elapsed()
        let health = await BackendHealth.ask(configuration.backend, http)
        switch health {
        case .answers(let answer), .other(let answer): (healthAnswer, isReachable) = (answer, true)
        case .silent: break
        }
        return HealthCheck.of(health, seconds: (time.elapsed() - begin) / .seconds(1))
    }

    func clock() -> Check { ClockCheck.of(healthAnswer) }

    // MARK: Who you are

    func token() async -> Check {
        TokenCheck.of(
            await api.tokens.accessToken(), hasRefreshToken: configuration.tokens.refresh != nil, configuration.cognito,
            now: healthAnswer?.date ?? time.now())
    }

    func identity() async -> Check {
        let handle = try? await api.tokens.handle()
        if handle != nil { return Check(.identity, .ok, "your handle is known from your sign-in") }
        if configuration.handle != nil { return Check(.identity, .ok, "your handle is known from the configuration") }
        return Check(
            .identity, .warning, "your own handle is not known: your messages may look like others'",
            advice: "set handle in the configuration")
    }

    // MARK: What there is

    var hasGroups: Bool { listed != nil }

    func groups() async -> Check {
        do {
            // A tag that no list has: a server that knows tags says so.
            let answer = try await api.groups(PollTicket(tag: "\"doctor\"", waits: false))
            facts.hasTags = answer.next.tag.map { $0 != "\"doctor\"" } ?? false
            facts.holdsAnswers = facts.hasTags == true ? await holds(answer.next) : false
            guard let rows = answer.rows else { throw APIError.unexpectedAnswer("304") }
            listed = rows.rows
            facts.groups = ListedRows(rows)
            return GroupsCheck.of(ListedRows(rows))
        } catch {
            return GroupsCheck.of(error as? APIError ?? .connectionLost)
        }
    }

    /// Whether it holds an answer until there is news, tried for a second.
    private func holds(_ known: PollTicket) async -> Bool? {
        try? await api.groups(PollTicket(tag: known.tag, seconds: 1)).next.wasHeld
    }

    func messages(of count: Int) async -> Check {
        let newest = (listed ?? []).sorted { $0.createdAt.instant > $1.createdAt.instant }.prefix(count)
        do {
            for row in newest {
                guard let group = row.uuid, let page = try await api.messages(in: group, PollTicket(waits: false)).rows
                else { continue }
                let rows = ListedRows(page)
                facts.pages.append(rows)
                if let message = rows.newest { lags.append((row.createdAt.instant, message)) }
            }
            return MessagesCheck.of(facts.pages)
        } catch {
            return MessagesCheck.of(error as? APIError ?? .connectionLost)
        }
    }

    func traps() async -> Check {
        let missing = try? await http.send(HTTPCall(.get, configuration.backend.description + "/api/cruddur-doctor"))
        facts.errorsAreHTML = missing.map { $0.body.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<") }
        facts.nobody = await short("nobody-" + UUID().uuidString.prefix(8).lowercased())
        if let known = listed?.first(where: { !$0.handle.isEmpty })?.handle { facts.somebody = await short(known) }
        return facts.check
    }

    /// What `short` answers; `nil`: nothing.
    private func short(_ handle: String) async -> TrapsCheck.Short? {
        let escaped = handle.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let route = configuration.paths.userShort.replacingOccurrences(of: "{handle}", with: escaped)
        guard let answer = try? await http.send(HTTPCall(.get, configuration.backend.description + route)) else {
            return nil
        }
        let isEmpty =
            answer.status == 200
            && String(decoding: answer.body.prefix(8), as: UTF8.self).filter { !$0.isWhitespace } == "{}"
        return isEmpty ? .emptyObject : .status(answer.status)
    }

    func stream() -> Check { StreamCheck.of(lags) }
}
