import Timestamps

/// Why a server's certificate is not accepted. Nothing was sent to it.
public enum CertificateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// It, or one that it rests on, is out of date. `now` is what this machine's clock says.
    case expired(subject: String, at: Timestamp, now: Timestamp)
    case notYetValid(subject: String, from: Timestamp, now: Timestamp)
    /// It is for others: their names.
    case otherHost(String, names: [String])
    case selfSigned(subject: String)
    /// Whoever signed it is not known here.
    case unknownIssuer(String)

    /// What is wrong with a chain, which begins with the server's own certificate, where none of it is accepted.
    /// `nil`: nothing that it says itself.
    init?(refused chain: [CertificateFacts], now: Timestamp) {
        guard let own = chain.first, let last = chain.last else { return nil }
        if let late = chain.first(where: { $0.validUntil < now }) {
            self = .expired(subject: late.subject, at: late.validUntil, now: now)
        } else if let early = chain.first(where: { now < $0.validFrom }) {
            self = .notYetValid(subject: early.subject, from: early.validFrom, now: now)
        } else if own.isSelfSigned {
            self = .selfSigned(subject: own.subject)
        } else {
            self = .unknownIssuer(last.issuer)
        }
    }

    public var description: String {
        switch self {
        case .expired(let subject, let end, let now):
            "the certificate of \(HTTPText.plain(subject)) has expired: it was good until \(Self.day(end)), and this "
                + "machine's clock says \(Self.day(now))"
        case .notYetValid(let subject, let begin, let now):
            "the certificate of \(HTTPText.plain(subject)) is good from \(Self.day(begin)) on, and this machine's clock "
                + "says \(Self.day(now))"
        case .otherHost(let host, let names):
            "its certificate is for \(Self.list(names)), not for \(HTTPText.plain(host)); a network that one signs in to "
                + "first shows such a one"
        case .selfSigned(let subject):
            "its certificate, for \(HTTPText.plain(subject)), is signed by nobody but itself; if it is yours, name its "
                + "file as network.ca_file"
        case .unknownIssuer(let issuer):
            "its certificate is signed by \(HTTPText.plain(issuer)), which is not known here; if that is your "
                + "organisation, name the file of its certificate as network.ca_file"
        }
    }

    /// In UTC.
    private static func day(_ time: Timestamp) -> String { String(time.description.prefix(10)) }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "nobody by name" }
        let shown = names.prefix(3).map { HTTPText.plain($0, limit: 40) }.joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
