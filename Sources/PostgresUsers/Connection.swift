import CPostgres
import Foundation
import Timestamps
import Users

/// One connection. libpq lets any thread use it, but one at a time: the pool sees to that.
/// Parameters only travel beside a statement, never in it.
final class Connection: Sendable {
    /// The address of libpq's `PGconn`.
    private let address: UInt
    /// What is left of a statement's time is waited for, no longer.
    private let limit: Duration
    private let time: any TimeSource

    /// Connects.
    ///
    /// - Parameters:
    ///   - target: a connection URL or keywords; empty: what the `PG*` variables say.
    ///   - limit: for connecting, and for each statement.
    /// - Throws: `PostgresError.unreachable`.
    init(_ target: String, limit: Duration, time: any TimeSource) throws(PostgresError) {
        self.limit = limit
        self.time = time
        let seconds = String(max(1, Int(limit / .seconds(1))))
        let settings = [
            // A URL in `dbname` is taken apart; what follows holds where it says nothing.
            ("dbname", target), ("application_name", "cruddur"), ("client_encoding", "UTF8"),
            ("connect_timeout", seconds), ("keepalives_idle", "30"),
        ].filter { $0.0 != "dbname" || !target.isEmpty }
        let made = settings.map(\.0).withCStrings { names in
            settings.map(\.1).withCStrings { values in PQconnectdbParams(names, values, 1) }
        }
        guard let made else { throw .unreachable("no memory") }
        guard PQstatus(made) == CONNECTION_OK, PQsetnonblocking(made, 1) == 0 else {
            let reason = Self.message(made)
            PQfinish(made)
            throw .unreachable(reason)
        }
        // libpq would print the server's notices on standard error as they come.
        PQsetNoticeProcessor(made, { _, _ in }, nil)
        address = UInt(bitPattern: made)
    }

    private var connection: OpaquePointer? { OpaquePointer(bitPattern: address) }

    deinit { PQfinish(connection) }

    /// Whether it may be used again: not broken, and not in the midst of something.
    var isReusable: Bool {
        PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// Rows of texts; `nil` where a column is NULL.
    ///
    /// - Throws: `PostgresError`.
    @discardableResult
    func run(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> [[String?]] {
        // It would end the text for libpq, and mean another one.
        guard !parameters.contains(where: { $0?.holdsNUL == true }) else {
            throw .refused(state: "22021", message: "a text holds U+0000")
        }
        let sent = parameters.withCStrings {
            PQsendQueryParams(connection, sql, Int32(parameters.count), nil, $0, nil, nil, 0)
        }
        guard sent == 1 else { throw .unreachable(Self.message(connection)) }
        let end = time.elapsed() + limit
        try flush(until: end)
        var rows: [[String?]] = []
        var fault: PostgresError?
        while let result = try next(until: end) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows += Self.rows(result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: fault = fault ?? Self.fault(result, connection)
            }
        }
        if let fault { throw fault }
        return rows
    }

    private func flush(until end: Duration) throws(PostgresError) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1: try wait(for: Int16(POLLOUT | POLLIN), until: end)
            default: throw .unreachable(Self.message(connection))
            }
            guard PQconsumeInput(connection) == 1 else { throw .unreachable(Self.message(connection)) }
        }
    }

    private func next(until end: Duration) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(connection) == 1 {
            try wait(for: Int16(POLLIN), until: end)
            guard PQconsumeInput(connection) == 1 else { throw .unreachable(Self.message(connection)) }
        }
        return PQgetResult(connection)
    }

    private func wait(for events: Int16, until end: Duration) throws(PostgresError) {
        while true {
            let left = Int32(clamping: Int((end - time.elapsed()) / .milliseconds(1)))
            guard left > 0 else { throw .timedOut("no answer in time") }
            var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
            let ready = poll(&descriptor, 1, left)
            if ready > 0 { return }
            if ready < 0, errno != EINTR { throw .unreachable("the connection was lost") }
        }
    }

    private static func rows(_ result: OpaquePointer) -> [[String?]] {
        (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }

    private static func fault(_ result: OpaquePointer, _ connection: OpaquePointer?) -> PostgresError {
        guard PQstatus(connection) == CONNECTION_OK else { return .unreachable(message(connection)) }
        // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY, which are character macros.
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let state = field("C") ?? ""
        // The server is going down, or gave the statement up.
        if state.hasPrefix("57P") || state.hasPrefix("08") { return .unreachable(field("M") ?? state) }
        return .refused(state: state, message: field("M") ?? "the statement failed")
    }

    private static func message(_ connection: OpaquePointer?) -> String {
        let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.isEmpty ? "the connection was lost" : line
    }
}

extension [String] {
    fileprivate func withCStrings<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        map(Optional.some).withCStrings(body)
    }
}

extension [String?] {
    /// An array of C strings with a null at its end.
    fileprivate func withCStrings<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        let copies = map { text in text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
