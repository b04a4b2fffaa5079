import Foundation
import HTTPExchange
import Timestamps

/// The name of the backend.
enum NameCheck {
    /// Waits for the system's resolver, which may take as long as it likes.
    static func of(_ host: String) -> Check {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let code = getaddrinfo(bare, nil, &hints, &list)
        defer { if code == 0 { freeaddrinfo(list) } }
        guard code == 0 else {
            let reason = gai_strerror(code).map { String(cString: $0) } ?? "unknown"
            return Check(
                .dns, .problem, "\(host) has no address (\(reason))",
                advice: "check backend_url, and whether this machine is on a network")
        }
        var families: [Int32] = []
        for entry in sequence(first: list, next: { $0?.pointee.ai_next }) {
            guard let entry else { break }
            families.append(entry.pointee.ai_family)
        }
        let counts = [(AF_INET, "IPv4"), (AF_INET6, "IPv6")].compactMap { family, name in
            let count = families.count { $0 == family }
            return count == 0 ? nil : "\(count) \(name)"
        }
        return Check(.dns, .ok, "\(host) has addresses: \(counts.joined(separator: ", "))")
    }
}

/// What the backend says of its health, and how well it can be reached.
enum HealthCheck {
    static func of(_ health: BackendHealth, seconds: Double) -> Check {
        let time = "in \(Double(Int(seconds * 1000)) / 1000) s"
        switch health {
        case .answers(let answer):
            return Check(.backend, .ok, "\(answer.route) answers 200 \(time)")
        case .other(let answer) where answer.status == 404 || answer.status == 200:
            // Deployments without a health check are many; whether it is one, the groups will tell.
            return Check(
                .backend, .warning,
                "\(answer.route) answers \(answer.status)\(answer.isHTML ? " with HTML" : "") \(time)",
                advice: "if the groups below are well it has no health check; else backend_url is something else's")
        case .other(let answer):
            return Check(
                .backend, .problem, "\(answer.route) answers \(answer.status) \(time)",
                advice: answer.status >= 500
                    ? "the backend, or what stands before it, is not well: try later, or tell who runs it"
                    : "check backend_url")
        case .silent(let error):
            return Check(.backend, .problem, "\(error)", advice: "check backend_url and the network")
        }
    }
}

/// Our clock against the backend's.
enum ClockCheck {
    static func of(_ answer: HealthAnswer?) -> Check {
        guard let answer else { return Check(.clock, .skipped, "no answer of the backend") }
        guard let date = answer.date else { return Check(.clock, .skipped, "the backend does not tell its time") }
        // A date tells seconds, cut.
        let difference = Int(answer.received.seconds(since: date).rounded(.down))
        let distance = abs(difference)
        let text =
            distance <= 2
            ? "as the backend's" : "\(distance) s \(difference > 0 ? "ahead of" : "behind") the backend's"
        let advice = "set this machine's clock, or tell who runs the backend to set its"
        switch distance {
        case ...30: return Check(.clock, .ok, text)
        case ...300: return Check(.clock, .warning, text, advice: advice)
        default: return Check(.clock, .problem, text, advice: advice + "; tokens may count as ended")
        }
    }
}
