import Timestamps

/// The rows of one of the two lists, without what they say.
struct ListedRows: Sendable {
    let count: Int
    let unreadable: Int
    /// In the server's order.
    let times: [WireTime]
    /// Of messages or groups; `nil` where a row has none.
    let uuids: [String?]

    init(_ rows: ReadableRows) {
        count = rows.rows.count
        unreadable = rows.unreadable
        times = rows.rows.map(\.createdAt)
        uuids = rows.rows.map(\.uuid)
    }

    var newest: Timestamp? { times.map(\.instant).max() }

    /// Times that do not say where on earth they are.
    var hasNaiveTimes: Bool { times.contains { !$0.saysOffset } }
    var hasAwareTimes: Bool { times.contains { $0.saysOffset } }

    var isInOrder: Bool { zip(times, times.dropFirst()).allSatisfy { $0.instant <= $1.instant } }
    var repeatsUUIDs: Bool { Set(uuids.compactMap(\.self)).count < uuids.compactMap(\.self).count }
}

extension WireTime {
    fileprivate var saysOffset: Bool {
        text.hasSuffix("Z") || text.hasSuffix("z")
            || text.wholeMatch(of: #/.*[+-][0-9]{2}:?[0-9]{2}/#) != nil
                && text.contains(where: { $0 == "T" || $0 == " " || $0 == "t" })
                && text.dropFirst(11).contains(where: { $0 == "+" || $0 == "-" })
    }
}

/// The list of groups.
enum GroupsCheck {
    static func of(_ rows: ListedRows) -> Check {
        if rows.unreadable > 0 {
            return Check(
                .groups, .warning, "\(rows.count) groups, and \(rows.unreadable) rows that cannot be read",
                advice: "tell who runs the backend; cruddur leaves those rows out")
        }
        return Check(.groups, .ok, rows.count == 1 ? "1 group" : "\(rows.count) groups")
    }

    static func of(_ error: APIError) -> Check { Check(.groups, .problem, error.description, advice: error.advice) }
}

/// The messages of the newest groups.
enum MessagesCheck {
    static func of(_ pages: [ListedRows]) -> Check {
        guard !pages.isEmpty else { return Check(.messages, .skipped, "there is no conversation") }
        let (count, bad) = (pages.reduce(0) { $0 + $1.count }, pages.reduce(0) { $0 + $1.unreadable })
        let text =
            "\(count) messages in the newest \(pages.count == 1 ? "conversation" : "\(pages.count) conversations")"
        guard bad == 0 else {
            return Check(
                .messages, .warning, "\(text), and \(bad) rows that cannot be read",
                advice: "tell who runs the backend; cruddur leaves those rows out")
        }
        return Check(.messages, .ok, text)
    }

    static func of(_ error: APIError) -> Check { Check(.messages, .problem, error.description, advice: error.advice) }
}

/// How far the rows of groups are behind their conversations: what the table's stream has not moved.
enum StreamCheck {
    /// - Parameter groups: of each, its row's time and that of its newest message.
    static func of(_ groups: [(row: Timestamp, message: Timestamp)]) -> Check {
        guard !groups.isEmpty else { return Check(.stream, .skipped, "there is no message") }
        let lags = groups.map { $0.message.seconds(since: $0.row) }
        let longest = lags.max() ?? 0
        guard longest > 1 else {
            let many =
                groups.count == 1 ? "the newest conversation shows" : "the newest \(groups.count) conversations show"
            return Check(.stream, .ok, "\(many) their last message in the list")
        }
        let behind = lags.count { $0 > 1 }
        return Check(
            .stream, .warning,
            "\(behind) of the newest \(groups.count) conversations: the list is behind the last message, by up to "
                + "\(Int(min(longest, 1e9))) s",
            advice: "the backend's stream function lags or fails; cruddur shows the newer of the two. Who runs it can "
                + "mend that: cruddur-ops check --repair")
    }
}

extension APIError {
    /// What to do.
    fileprivate var advice: String {
        switch self {
        case .unauthorized: "sign in anew: cruddur login"
        case .notFound: "check backend_url, and paths if the deployment has its routes elsewhere"
        case .signIn: "check the settings under cognito, and sign in anew: cruddur login"
        case .redirected, .unexpectedAnswer: "check backend_url"
        case .server: "the backend is not well: try later, or tell who runs it"
        case .rateLimited: "wait a little"
        default: "check the network, and try again"
        }
    }
}
