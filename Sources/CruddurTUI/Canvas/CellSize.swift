/// How many cells there are.
struct CellSize: Equatable, Sendable {
    var width: Int
    var height: Int
}
