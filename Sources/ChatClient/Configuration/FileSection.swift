/// The settings of one part of the file: of its top, or of one profile.
struct FileSection: Sendable {
    /// `nil`: the top of the file.
    let profile: String?
    /// Setting name to value, as text: `cognito.region` to `us-east-1`.
    private(set) var values: [String: String] = [:]
    private var lines: [String: Int] = [:]

    init(profile: String? = nil) { self.profile = profile }

    mutating func take(_ name: String, _ value: String, line: Int) {
        values[name] = value
        lines[name] = line
    }

    func line(of name: String) -> Int? { lines[name] }
}
