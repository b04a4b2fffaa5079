import ArgumentParser
import ChatClient
import Foundation
import Timestamps

/// How fast a long history is opened, scrolled, searched and grown, and what it takes on disk.
///
///     swift run -c release HistoryBenchmark --messages 1000000
@main
struct HistoryBenchmark: AsyncParsableCommand {
    @Option(help: "Messages of the one conversation.") var messages = 100_000
    @Option(help: "Keep the history here, for a look with cruddur; else it is removed.") var keep: String?

    func run() async throws {
        let path = keep ?? NSTemporaryDirectory() + "history-benchmark-\(UUID().uuidString).sqlite"
        defer { if keep == nil { remove(path) } }
        let file = HistoryFile(path: path)
        let now = Timestamp("2026-11-24T12:00:00Z") ?? Timestamp(seconds: 0)
        print("\(messages) messages, release build advised; times in milliseconds\n")
        print("what".padded(44), "median".padded(9), "p99".padded(9), "budget")
        try await fill(file, now)
        report("size on disk, MB", [Double(size(path)) / 1e6], budget: nil)
        report("bytes for each message", [Double(size(path)) / Double(messages)], budget: nil)

        let history = try file.open(at: now).history
        guard let row = try await history.conversations().first?.id.row else { return }
        report(
            "open the file and the conversation",
            try await time(20) {
                let history = try file.open(at: now).history
                _ = try await history.conversations()
                _ = try await history.content(TranscriptWindow(), of: row)
            }, budget: 16)
        // In each of the others too, once for each read or write: what is asked is handed to SQLite's thread and back.
        report("ask nothing", try await time(200) { _ = try await history.count(in: -1) }, budget: nil)
        report(
            "show the newest", try await time(50) { _ = try await history.content(TranscriptWindow(), of: row) },
            budget: 16)
        report(
            "show the oldest",
            try await time(50) { _ = try await history.content(try await history.window(.oldest, in: row), of: row) },
            budget: 16)
        report("scroll back by 200 messages", try await scrolling(history, row), budget: 16)
        for (what, typed) in [
            ("search: a rare word", "w49999"), ("a common word", "w1"), ("one letter", "w"), ("two letters", "w4"),
            ("three words", "w1 w2 w3"), ("no such word", "zebra"), ("中文", "中文"), ("早上好今天", "早上好今天"),
        ] {
            report(what, try await time(30) { _ = try await history.search(typed, limit: 50) }, budget: 50)
        }
        report("merge a poll of 20 with 1 new message", try await polls(history, row, now), budget: nil)
    }

    // MARK: Filling

    /// Words as in a language: a few are very common.
    private func text(_ random: inout SystemRandomNumberGenerator) -> String {
        if Int.random(in: 0..<20, using: &random) == 0 {
            return "早上好，今天我们试试中文\(Int.random(in: 0..<999, using: &random))"
        }
        return (0..<Int.random(in: 3..<16, using: &random)).map { _ in
            let word = Int(pow(50_000, Double.random(in: 0..<1, using: &random)))
            return "w\(word)"
        }.joined(separator: " ")
    }

    private func message(_ number: Int, _ now: Timestamp, _ random: inout SystemRandomNumberGenerator) -> Message {
        // One each half minute.
        Message(
            uuid: UUID().uuidString.lowercased(), text: text(&random), handle: number % 2 == 0 ? "me" : "you",
            displayName: number % 2 == 0 ? "Me" : "You",
            at: now.advanced(bySeconds: Double(number - messages) * 30 + Double.random(in: 0..<20, using: &random)))
    }

    private func fill(_ file: HistoryFile, _ now: Timestamp) async throws {
        let history = try file.open(at: now).history
        try await history.save(
            [Group(uuid: "g", handle: "you", displayName: "You", preview: "", at: now)], readUntil: now)
        guard let row = try await history.conversations().first?.id.row else { return }
        var random = SystemRandomNumberGenerator()
        let start = ContinuousClock.now
        for first in stride(from: 0, to: messages, by: 1000) {
            let page = (first..<min(first + 1000, messages)).map { message($0, now, &random) }
            _ = try await history.merge(page, in: row, page.last.map { .before($0) } ?? .newest, me: "me")
        }
        report(
            "fill, messages a second", [Double(messages) / ((ContinuousClock.now - start) / .seconds(1))], budget: nil)
    }

    private func polls(_ history: History, _ row: Int64, _ now: Timestamp) async throws -> [Double] {
        var random = SystemRandomNumberGenerator()
        var page = (0..<20).map { message(messages + $0, now, &random) }
        var number = messages + 20
        return try await time(100) {
            page = Array(page.dropFirst()) + [message(number, now, &random)]
            number += 1
            _ = try await history.merge(page, in: row, me: "me")
        }
    }

    private func scrolling(_ history: History, _ row: Int64) async throws -> [Double] {
        var window = TranscriptWindow()
        var shown = try await history.content(window, of: row).messages.map(\.message.at)
        return try await time(200) {
            window = try await history.extended(window, shown, older: true, in: row)
            shown = try await history.content(window, of: row).messages.map(\.message.at)
        }
    }

    // MARK: Measuring

    private func time(_ count: Int, _ body: () async throws -> Void) async throws -> [Double] {
        var times: [Double] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            try await body()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return times
    }

    private func report(_ what: String, _ values: [Double], budget: Double?) {
        let sorted = values.sorted()
        let median = sorted[sorted.count / 2]
        let worst = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
        let limit = budget.map { "under \(Int($0))" + (worst > $0 ? "  MISSED" : "") } ?? ""
        print(what.padded(44), short(median).padded(9), (values.count > 1 ? short(worst) : "").padded(9), limit)
    }

    private func short(_ value: Double) -> String {
        value >= 100 ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
    }

    private func size(_ path: String) -> Int {
        ["", "-wal"].reduce(0) { total, suffix in
            total + ((try? FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int) ?? 0)
        }
    }

    private func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self
    }
}
