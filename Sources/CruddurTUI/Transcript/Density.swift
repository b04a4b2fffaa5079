/// How much room messages have.
enum Density: String, CaseIterable, Sendable {
    /// A row for who writes and when, and one between turns.
    case airy
    /// Who and when stand before the text.
    case compact
}
