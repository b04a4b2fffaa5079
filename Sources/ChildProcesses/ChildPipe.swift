import CProcess
import Foundation

/// A pipe to or from a program that is started: none of its ends is handed on but as one of the three streams.
public struct ChildPipe: Sendable {
    public let reading: FileHandle
    public let writing: FileHandle

    /// `nil`: there are no more files to be had.
    public init?() {
        var ends: [Int32] = [-1, -1]
        guard process_pipe(&ends) == 0 else { return nil }
        reading = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        writing = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }
}
