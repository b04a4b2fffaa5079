/// What this backend does otherwise than one would think: all of it can be lived with, some of it should be known.
struct TrapsCheck {
    var groups: ListedRows?
    var pages: [ListedRows] = []
    /// Whether lists can be asked for only when they change, and held until then.
    var hasTags: Bool?
    var holdsAnswers: Bool?
    /// What a route that there is not is answered with.
    var errorsAreHTML: Bool?
    /// What `short` answers for a handle that nobody has, and for one that somebody has.
    var nobody: Short?
    var somebody: Short?

    /// An answer of `short`.
    enum Short: Equatable {
        case status(Int)
        case emptyObject
    }

    var check: Check {
        if let somebody, somebody != .status(200) {
            let isPath = somebody == .status(404)
            return Check(
                .traps, .warning, ["people cannot be looked up (\(Self.words(somebody)))"].joined() + list(of: traps),
                advice: isPath
                    ? "set paths.user_short to where the deployment has it, such as /api/users/{handle}/short"
                    : "a new conversation can be started all the same, without knowing whether there is such a person")
        }
        return Check(.traps, .ok, traps.joined(separator: "; "))
    }

    private func list(of traps: [String]) -> String { traps.map { "; \($0)" }.joined() }

    private var traps: [String] {
        var traps: [String] = []
        let lists = [groups].compactMap(\.self) + pages
        if lists.contains(where: \.hasNaiveTimes) {
            traps.append(
                lists.contains(where: \.hasAwareTimes) ? "times with and without offset" : "times without offset")
        } else if lists.contains(where: \.hasAwareTimes) {
            traps.append("times with offset")
        }
        traps.append(rows)
        if pages.contains(where: { !$0.isInOrder }) { traps.append("messages out of order") }
        traps.append(
            pages.contains(where: \.repeatsUUIDs)
                ? "messages share uuids" : "the uuid of an echo is not known without writing")
        if let holdsAnswers { traps.append(holdsAnswers ? "holds answers until there is news" : "no long poll") }
        if hasTags == false { traps.append("no ETag") }
        if let errorsAreHTML { traps.append(errorsAreHTML ? "errors in HTML" : "errors not in HTML") }
        if let nobody { traps.append("an unknown handle is answered with \(Self.words(nobody))") }
        return traps
    }

    private var rows: String {
        switch pages.map(\.count).max() ?? 0 {
        case ..<20: "how many rows it lists is not known"
        case let count: "lists the newest \(count) messages"
        }
    }

    private static func words(_ short: Short) -> String {
        switch short {
        case .status(let status): "\(status)"
        case .emptyObject: "200 and {}"
        }
    }
}
