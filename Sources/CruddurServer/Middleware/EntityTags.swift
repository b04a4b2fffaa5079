/// What `If-None-Match` says (RFC 9110, 13.1.2): tags that the caller has, or that it has any.
enum EntityTags: Equatable {
    case any
    /// Without `W/`: this header is compared weakly, and what stands between may have made a tag weak.
    case these(Set<String>)

    /// `nil` without the header. What is no tag in it says nothing.
    init?(_ header: String?) {
        guard let header else { return nil }
        var rest = Substring(header)
        var tags: Set<String> = []
        while let start = rest.firstIndex(where: { $0 == "\"" || $0 == "*" }) {
            if rest[start] == "*" {
                self = .any
                return
            }
            let inner = rest.index(after: start)
            // A tag may hold a comma.
            guard let end = rest[inner...].firstIndex(of: "\"") else { break }
            tags.insert(String(rest[start...end]))
            rest = rest[rest.index(after: end)...]
        }
        self = .these(tags)
    }

    /// - Parameter tag: a strong one, with its quotes.
    func contain(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .these(let tags): tags.contains(tag)
        }
    }
}
