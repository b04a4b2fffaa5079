/// Why a command did not do what it was asked.
enum OpsError: Error, CustomStringConvertible {
    case noTable(String, String)
    case notEmbedded(String)
    case onlyEmbedded(String)
    case unknownUser(String)
    case refused(String)
    case conversation(String)
    case noProgram(String)

    var description: String {
        switch self {
        case .noTable(let table, let place): "there is no table \(table) at \(place); cruddur-ops schema-load makes it"
        case .notEmbedded(let command): "\(command) is for DynamoDB: an embedded table needs none of it"
        case .onlyEmbedded(let what): "\(what) needs --embedded FILE"
        case .unknownUser(let name): "no user is called \(name)"
        case .refused(let why): why
        case .conversation(let why): why
        case .noProgram(let name): "\(name) is neither beside cruddur-ops nor in the PATH"
        }
    }
}
