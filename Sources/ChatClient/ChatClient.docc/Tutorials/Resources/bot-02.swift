import ChatClient
import Foundation

func end(because reason: String) -> Never {
    FileHandle.standardError.write(Data("\(reason)\n".utf8))
    exit(1)
}

let configuration: ClientConfiguration
do { configuration = try .load() } catch { end(because: "\(error)") }
