import ChildProcesses
import Foundation

/// Runs a program to its end.
///
/// - Parameter errors: whether what it says of errors is wanted, in place of its output.
/// - Throws: when it cannot be started.
public func outcome(
    of path: String, _ arguments: [String], errors: Bool = false
) throws -> (ending: ChildProcess.Ending, said: Data) {
    guard let pipe = ChildPipe() else { throw POSIXError(.EMFILE) }
    let said = ChildProcess.Stream.file(descriptor: pipe.writing.fileDescriptor)
    let process = try ChildProcess(
        path, arguments, environment: ProcessInfo.processInfo.environment, output: errors ? .nothing : said,
        errors: errors ? said : .nothing)
    try pipe.writing.close()
    let data = try pipe.reading.readToEnd() ?? Data()
    return (process.wait(), data)
}
