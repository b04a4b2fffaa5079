import BoundedNumbers
import Foundation
import Timestamps

/// What came back: the whole body, whatever the status. All of it is what somebody else wrote.
public struct HTTPAnswer: Sendable {
    public let status: Int
    public let body: Data
    /// When it had come, by our wall clock.
    public let received: Timestamp
    /// Who was asked; `nil`: it does not matter.
    private let origin: BaseURL?
    private let headers: [(name: String, value: String)]

    public init(
        status: Int, headers: [(name: String, value: String)] = [], body: Data = Data(), received: Timestamp,
        origin: BaseURL? = nil
    ) {
        self.origin = origin
        self.status = status
        self.headers = headers
        self.body = body
        self.received = received
    }

    /// The first header of this name, in whatever case it is written.
    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The host to which a redirect leads, if it is another than the one that was asked.
    public var otherHost: String? {
        guard let origin, let location = self[header: "Location"] else { return nil }
        let place = location.hasPrefix("//") ? "\(origin.scheme):\(location)" : location
        return BaseURL(origin: place).flatMap { $0.host == origin.host ? nil : $0.host }
    }

    /// The `ETag`, if it can be sent back.
    public var entityTag: String? {
        self[header: "ETag"].flatMap { HTTPText.isSendable($0) && !$0.isEmpty ? $0 : nil }
    }

    /// Seconds that the server asks us to wait, in 0...86400; `nil` if it says none that make sense.
    ///
    /// A date is one of the server's, so it is held against the `Date` of the same answer.
    public var retryAfter: Double? {
        guard let written = self[header: "Retry-After"]?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(decimal: written, in: 0 ... .greatestFiniteMagnitude) { return Self.bounded(seconds) }
        let sent = self[header: "Date"].flatMap { Timestamp(httpDate: $0, now: received) } ?? received
        return Timestamp(httpDate: written, now: sent).map { Self.bounded($0.seconds(since: sent)) }
    }

    private static func bounded(_ seconds: Double) -> Double { min(max(seconds, 0), 86_400) }
}

/// What may stand in a header.
public enum HTTPText {
    /// Whether a header can carry this text: visible ASCII and spaces within.
    public static func isSendable(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.first != " " && text.last != " "
    }

    /// What somebody else wrote, in characters that mean nothing to any terminal, and not at length.
    public static func plain(_ text: String, limit: Int = 60) -> String {
        let shown = text.unicodeScalars.prefix(limit).map { scalar in
            isPlain(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return shown.joined() + (text.unicodeScalars.count > limit ? "..." : "")
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-", ".", "/", ";", "=", "+", "*", ":", " ": true
        default: false
        }
    }
}
