/// Whether one gets to the backend through somebody else.
enum ProxyCheck {
    static func of(_ backend: BackendURL, _ environment: [String: String]) -> Check {
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap { [$0.lowercased(), $0] }
        let set = names.filter { environment[$0].map { !$0.isEmpty } ?? false }
        guard !set.isEmpty else { return Check(.proxy, .ok, "none") }
        return Check(.proxy, .ok, "set in \(set.joined(separator: ", "))")
    }
}
