import HTTPExchange
import Logging

/// The one way into the log: only events go through it.
public struct ClientLog: Sendable {
    /// Nobody wants one.
    public static let none = ClientLog(nil)

    private let logger: Logger?

    public init(_ logger: Logger?) { self.logger = logger }

    public func note(_ event: @autoclosure () -> ClientEvent) {
        guard let logger else { return }
        let line = LogLineContent(event())
        logger.log(level: line.level, "\(line.message)", metadata: line.metadata)
    }
}

/// An event in the words of a log.
private struct LogLineContent {
    let level: Logger.Level
    let message: String
    var metadata: Logger.Metadata = [:]

    init(_ event: ClientEvent) {
        switch event {
        case .started(let work, let version, let backend, let profile):
            (level, message) = (.info, "\(work) begins")
            metadata = ["version": "\(version)", "backend": "\(backend)"]
            metadata["profile"] = profile.map { "\($0)" }
        case .ended(let work, let badly):
            (level, message) = (badly ? .error : .info, badly ? "\(work) ends with an error" : "\(work) ends")
        case .answered(let call, let status, let seconds, let bytes):
            (level, message) = (status < 400 ? .info : .warning, "answer")
            metadata = Self.fields(of: call, seconds)
            metadata["status"] = "\(status)"
            metadata["bytes"] = "\(bytes)"
        case .noAnswer(let call, let fault, let seconds):
            (level, message) = (.warning, "no answer")
            metadata = Self.fields(of: call, seconds)
            metadata["fault"] = "\(fault.text)"
        case .polled(let group, let outcome, let next):
            (level, message) = (.debug, "poll")
            metadata = ["resource": "\(group.map { "messages of \($0)" } ?? "groups")"]
            metadata["outcome"] = "\(Self.words(outcome))"
            metadata["next_seconds"] = next.map { Self.rounded($0) }
        case .message(let id, let word):
            (level, message) = (.info, "message \(word)")
            metadata = ["id": "\(id)"]
        case .tokens(let event):
            (level, message) = Self.words(event)
            if case .notRefreshed(let fault) = event { metadata = ["fault": "\(fault.text)"] }
        }
    }

    private static func fields(of call: LoggedCall, _ seconds: Double) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "method": "\(call.method.rawValue)", "host": "\(call.host)", "path": "\(call.path)",
            "seconds": rounded(seconds),
        ]
        fields["action"] = call.action.map { "\($0)" }
        return fields
    }

    private static func words(_ outcome: ClientEvent.PollOutcome) -> String {
        switch outcome {
        case .news: "news"
        case .known: "known"
        case .cancelled: "cancelled"
        case .failed(let fault): "failed: \(fault.text)"
        }
    }

    private static func words(_ event: ClientEvent.TokenEvent) -> (Logger.Level, String) {
        switch event {
        case .refreshed: (.info, "token refreshed")
        case .taken: (.info, "token taken from another program")
        case .notRefreshed: (.warning, "token not refreshed")
        }
    }

    private static func rounded(_ seconds: Double) -> Logger.MetadataValue {
        "\((seconds * 1000).rounded() / 1000)"
    }
}
