/// Which cruddur this is.
enum Release {
    static let version: StaticString = "0.1.0"
}
