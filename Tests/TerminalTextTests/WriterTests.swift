import Foundation
import TerminalText
import TestSupport
import Testing

@Suite struct WriterTests {
    private static let full = open("/dev/full", O_WRONLY)

    /// Both ends of a pipe.
    private static func pipe() -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        Foundation.pipe(&ends)
        return (ends[0], ends[1])
    }

    init() { signal(SIGPIPE, SIG_IGN) }

    @Test func aFullStandardOutputIsAFaultAtTheEndAtTheLatest() {
        let output = StandardOutput(descriptor: Self.full)
        #expect(throws: Never.self) { try output.write("kept until there is more") }
        #expect(throws: OutputFault(code: ENOSPC)) { try output.flush() }
        // And it stays one: nothing that comes later makes it whole.
        #expect(throws: OutputFault(code: ENOSPC)) { try output.flush() }
        #expect(throws: OutputFault(code: ENOSPC)) { try output.write("more") }
    }

    @Test func muchTextMeetsTheFaultWhileItIsWritten() {
        let output = StandardOutput(descriptor: Self.full)
        let line: PrintableText = "\(String(repeating: "x", count: 1000))\n"
        #expect(throws: OutputFault(code: ENOSPC)) { for _ in 0..<1000 { try output.write(line) } }
    }

    @Test func nothingToWriteIsNoFault() throws {
        try StandardOutput(descriptor: Self.full).flush()
    }

    @Test func aClosedOneAndOneWithoutAReaderAreToldApart() {
        let (reading, writing) = Self.pipe()
        close(reading)
        let headless = StandardOutput(descriptor: writing)
        #expect(throws: OutputFault(code: EPIPE)) {
            try headless.write("x")
            try headless.flush()
        }
        close(writing)
        #expect(OutputFault(code: EPIPE).isReaderGone && OutputFault(code: EPIPE).exitCode == 141)
        #expect(OutputFault(code: EBADF).description == "standard output cannot be written: it is closed")
        #expect(OutputFault(code: ENOSPC).exitCode == 1)
    }

    @Test func everythingArrivesAlsoWhereTheDescriptorDoesNotBlock() async throws {
        let (reading, writing) = Self.pipe()
        #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
        let output = StandardOutput(descriptor: writing)
        let read = Task.detached { FileHandle(fileDescriptor: reading, closeOnDealloc: true).readDataToEndOfFile() }
        var whole = ""
        for number in 0..<40_000 {
            try output.write("line \(number)\n")
            whole += "line \(number)\n"
        }
        try output.flush()
        close(writing)
        #expect(await read.value == Data(whole.utf8))
    }

    // MARK: Logs

    private static func notice(_ lost: LogSink.Lost) -> PrintableText { "lost \(lost.lines): \(lost.reason)\n" }

    @Test func aLogWithoutAReaderStopsNobody() {
        let (reading, writing) = Self.pipe()
        close(reading)
        let sink = LogSink(descriptor: writing)
        for _ in 0..<3 { sink.write("line\n", notice: Self.notice) }
        close(writing)
        LogSink(descriptor: -1).write("line\n", notice: Self.notice)
    }

    @Test func linesThatWereLostAreSaidWhenTheLogTakesLinesAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        // Its descriptor leads to a full device first, and then to a file.
        let descriptor = dup(Self.full)
        let sink = LogSink(descriptor: descriptor)
        for _ in 0..<3 { sink.write("nobody reads this\n", notice: Self.notice) }
        let file = open(path, O_WRONLY | O_CREAT, 0o600)
        dup2(file, descriptor)
        sink.write("first\n", notice: Self.notice)
        sink.write("second\n", notice: Self.notice)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "lost 3: No space left on device\nfirst\nsecond\n")
        close(file)
        close(descriptor)
    }

    @Test func afterHalfALineTheNextOneBeginsItsOwn() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        let (reading, descriptor) = Self.pipe()
        let sink = LogSink(descriptor: descriptor)
        // Somebody reads a little of a line that is longer than a pipe, and goes.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            read(reading, &byte, 1)
            close(reading)
        }
        sink.write("\(String(repeating: "x", count: 1 << 20))\n", notice: Self.notice)
        let file = open(path, O_WRONLY | O_CREAT, 0o600)
        dup2(file, descriptor)
        sink.write("whole\n", notice: Self.notice)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == "\nlost 1: Broken pipe\nwhole\n")
        close(file)
        close(descriptor)
    }

    @Test func whatIsQueuedIsWrittenInOrderByTheTimeThatItIsFlushed() async throws {
        let (reading, writing) = Self.pipe()
        let queue = LogQueue(LogSink(descriptor: writing))
        for round in 0..<3 {
            for number in 0..<100 { queue.write("\(round) \(number)\n", notice: Self.notice) }
            queue.flush(within: 600)
        }
        close(writing)
        let whole = FileHandle(fileDescriptor: reading, closeOnDealloc: true).readDataToEndOfFile()
        let lines = (0..<3).flatMap { round in (0..<100).map { "\(round) \($0)\n" } }
        #expect(String(decoding: whole, as: UTF8.self) == lines.joined())
    }

    @Test func aLogWhoseReaderStandsStillHoldsNobodyUp() async throws {
        let (reading, writing) = Self.pipe()
        let queue = LogQueue(LogSink(descriptor: writing), bound: 1000)
        // More than a pipe takes: the first is on its way for as long as nobody reads.
        queue.write("\(String(repeating: "x", count: 900))\n", notice: Self.notice)
        queue.flush(within: 600)
        let long = String(repeating: "y", count: 99)
        for _ in 0..<3000 { queue.write("\(long)\n", notice: Self.notice) }
        // Here, without a reader, everybody goes on. Now somebody reads again.
        let read = Task.detached { FileHandle(fileDescriptor: reading, closeOnDealloc: true).readDataToEndOfFile() }
        queue.flush(within: 600)
        queue.write("last\n", notice: Self.notice)
        queue.flush(within: 600)
        close(writing)
        let lines = String(decoding: await read.value, as: UTF8.self).split(separator: "\n")
        let arrived = lines.count { $0 == long }
        let lost = lines.filter { $0.hasPrefix("lost ") }.compactMap { Int($0.dropFirst(5).prefix { $0 != ":" }) }
        #expect(lines.last == "last" && arrived < 3000 && lost.reduce(0, +) == 3000 - arrived)
    }

    @Test func allLinesOfAWriteThatFailedAreCounted() throws {
        let folder = try TemporaryFolder()
        let descriptor = dup(Self.full)
        let sink = LogSink(descriptor: descriptor)
        sink.write("one\ntwo\nthree\n", notice: Self.notice)
        sink.miss(4, because: ENOSPC)
        let file = open(folder.path + "/log", O_WRONLY | O_CREAT, 0o600)
        dup2(file, descriptor)
        sink.write("four\n", notice: Self.notice)
        #expect(
            try String(contentsOfFile: folder.path + "/log", encoding: .utf8)
                == "lost 7: No space left on device\nfour\n")
        close(file)
        close(descriptor)
    }

    @Test func aLineOfJSONIsOneLineOfASCIIWhateverIsInIt() throws {
        let fields = ["message": "a\n\u{0}\u{1B}\u{9B}\u{202E}é\"", "k\ney": "\u{301}"]
        let line = LogLine.json(fields).text
        #expect(line.utf8.dropLast().allSatisfy { (0x20..<0x7F).contains($0) } && line.hasSuffix("}\n"))
        #expect(try JSONDecoder().decode([String: String].self, from: Data(line.utf8)) == fields)
    }
}
