import CPostgres

/// PostgreSQL's address, as people write it: a URL, or `keyword=value` pairs.
///
/// libpq takes whatever else comes for a database's name, and cuts a password that has an `@` or a `/` in two; in its
/// complaints it then says a half of it. So an address is looked at before libpq sees it, and no complaint repeats any
/// part of it but its scheme.
public enum DatabaseAddress {
    private static let schemes: Set<Substring> = ["postgresql", "postgres"]
    private static let escapes =
        "write those of its password in percent: @ as %40, / as %2F, : as %3A, # as %23, ? as %3F, % as %25"

    /// Why nobody can be called there; `nil`: it is an address.
    public static func complaint(about address: String) -> String? {
        if address.allSatisfy(\.isWhitespace) { return "is empty" }
        if address.utf8.contains(0) { return "holds U+0000" }
        if let end = address.firstRange(of: "://") {
            return complaint(scheme: address[..<end.lowerBound], rest: address[end.upperBound...]) ?? parse(address)
        }
        guard address.contains("=") else {
            return "is neither a URL nor keyword=value pairs such as host=db.example dbname=cruddur"
        }
        return parse(address)
    }

    private static func complaint(scheme: Substring, rest: Substring) -> String? {
        guard schemes.contains(scheme) else {
            if let plus = scheme.firstIndex(of: "+"), schemes.contains(scheme[..<plus]) {
                return "begins with \(scheme)://, which is SQLAlchemy's; write postgresql://"
            }
            let isWord = scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            return isWord
                ? "begins with \(scheme)://; only PostgreSQL has Cruddur's users: postgresql://"
                : "does not begin with postgresql://"
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        // What comes behind may hold an @ only if it is part of the password, or in a parameter.
        let path = rest[authority.endIndex...].prefix { $0 != "?" }
        guard parts.count <= 2, !path.contains("@"), !rest.contains("#"), parts.dropLast().allSatisfy(isUserInfo) else {
            return "has characters with a meaning of their own where none are expected; " + escapes
        }
        guard let hosts = parts.last, hosts.split(separator: ",").allSatisfy(isHost) else {
            return "has no host and port that can be read; " + escapes
        }
        return nil
    }

    /// `user`, or `user:password`.
    private static func isUserInfo(_ text: Substring) -> Bool {
        text.split(separator: ":", omittingEmptySubsequences: false).count <= 2
    }

    /// `db.example`, `db.example:5432`, `[::1]:5432`, `%2Fvar%2Frun`
    private static func isHost(_ text: Substring) -> Bool {
        var port = text.drop { $0 != ":" }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            guard text[..<end].dropFirst().allSatisfy({ $0.isHexDigit || ":.%".contains($0) }) else { return false }
            port = text[text.index(after: end)...]
        }
        let digits = port.dropFirst()
        return (port.isEmpty || port.first == ":") && digits.allSatisfy { $0.isASCII && $0.isNumber }
            && (digits.isEmpty || (1...65_535).contains(Int(digits) ?? 0))
    }

    /// What libpq makes of it; its own words may hold a part of the password.
    private static func parse(_ address: String) -> String? {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(address, &complaint) else {
            PQfreemem(complaint)
            return "cannot be read: a name that is none, or a value with a space that stands in no quotes; or "
                + escapes
        }
        PQconninfoFree(options)
        return nil
    }
}
