import Foundation
import HTTPExchange

/// What may stand in a log. No case takes a message's text, a token or a password, and none a text of any kind, but for
/// what names a thing (a host, a path, a group): so none of them gets there by mistake.
public enum ClientEvent: Sendable {
    case started(StaticString, version: StaticString, backend: BackendURL, profile: String?)
    case ended(StaticString, badly: Bool = false)
    case answered(LoggedCall, status: Int, seconds: Double, bytes: Int)
    case noAnswer(LoggedCall, LoggedFault, seconds: Double)
    /// The end of a poll, and when the next is made.
    /// - group: whose messages were polled; `nil`: the list of groups.
    case polled(group: String?, PollOutcome, next: Double?)
    /// How far a message of the outbox has come.
    case message(Int64, StaticString)
    case tokens(TokenEvent)

    /// What a poll has brought.
    public enum PollOutcome: Sendable {
        case news, known, cancelled
        case failed(LoggedFault)
    }

    public enum TokenEvent: Sendable {
        case refreshed
        /// Another program was faster.
        case taken
        case notRefreshed(LoggedFault)
    }
}

/// A request, without its query, headers and body.
public struct LoggedCall: Sendable {
    let method: HTTPCall.Method
    let host: String
    let path: String
    /// What Cognito is asked for, as our own code names it.
    let action: String?

    init(_ call: HTTPCall) {
        method = call.method
        let rest = call.url.range(of: "://").map { call.url[$0.upperBound...] } ?? ""
        let place = rest.prefix { $0 != "?" && $0 != "#" }
        host = String((place.prefix { $0 != "/" }.split(separator: "@").last ?? ""))
        path = String(place.drop { $0 != "/" })
        action = call.headers["X-Amz-Target"].flatMap { $0.split(separator: ".").last.map(String.init) }
    }
}

/// A fault in our own words: nothing that a server wrote is in it.
public struct LoggedFault: Sendable {
    let text: String

    init(_ name: StaticString, status: Int? = nil) {
        text = "\(name)" + (status.map { " \($0)" } ?? "")
    }

    init(_ fault: HTTPFault) { text = fault.description }

    /// The same, of Cognito.
    var ofCognito: LoggedFault { LoggedFault(text: "Cognito: \(text)") }

    private init(text: String) { self.text = text }
}
