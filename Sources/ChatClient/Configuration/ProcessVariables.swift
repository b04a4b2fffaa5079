import CProcess
import Foundation

/// The environment that the program was started in.
public enum ProcessVariables {
    /// Of two of a name the first counts, as for everybody else. Read once, and not by Foundation: it is asked for in many
    /// places before the first screen, and each time would take a twentieth of that.
    public static let all: [String: String] = {
        var next = process_environment()
        var count = 0
        while next?[count] != nil { count += 1 }
        var variables = [String: String](minimumCapacity: count)
        while let entry = next?.pointee {
            next = next?.advanced(by: 1)
            guard let sign = strchr(entry, Int32(UInt8(ascii: "="))) else { continue }
            let name = UnsafeRawBufferPointer(start: entry, count: sign - entry)
            let key = String(decoding: name, as: UTF8.self)
            if variables[key] == nil { variables[key] = String(cString: sign + 1) }
        }
        return variables
    }()
}
