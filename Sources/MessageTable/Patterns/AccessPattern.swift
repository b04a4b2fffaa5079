/// One of the five access patterns of the table, A to E, as a value: the server runs them, and whoever shows or
/// documents the table reads them from here. Which of them read and which write, their types say.
public protocol AccessPattern: Hashable, Sendable {
    var letter: Character { get }
}
