import Foundation
import MessageTable
import TerminalText
import Timestamps

// What several commands print.

/// An item as plain JSON: its key and attributes side by side.
struct RawItem: Encodable {
    let item: Item

    func encode(to encoder: any Encoder) throws {
        var values = encoder.singleValueContainer()
        try values.encode(item.attributes(with: KeyNames()).mapValues(PlainAttribute.init))
    }
}

extension Item {
    /// On one line, escaped to ASCII, texts as they are and the rest as DynamoDB writes it.
    var jsonLine: PrintableText { jsonLine(KeyNames()) }

    /// - Parameter keys: the names of the attributes that are its key.
    func jsonLine(_ keys: KeyNames) -> PrintableText { line(keys) { PlainAttribute($0).json } }

    /// On one line, escaped to ASCII, as DynamoDB itself writes items: `{"pk": {"S": "MSG#..."}}`.
    func dynamoDBLine(_ keys: KeyNames = KeyNames()) -> PrintableText { line(keys) { compact($0) } }

    private func line(_ keys: KeyNames, _ value: (AttributeValue) -> PrintableText) -> PrintableText {
        let pairs = attributes(with: keys).sorted { $0.key < $1.key }.map { name, attribute -> PrintableText in
            "\(PrintableText(quoting: name)): \(value(attribute))"
        }
        return "{\(pairs.joined(separator: ", "))}"
    }

    /// With its key among them.
    fileprivate func attributes(with keys: KeyNames) -> Attributes {
        attributes.merging([keys.partition: .string(key.partition), keys.sort: .string(key.sort)]) { $1 }
    }
}

private func compact(_ value: some Encodable) -> PrintableText {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return PrintableText(json: (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null")
}

extension PlainAttribute {
    fileprivate var json: PrintableText {
        if let text = value.string { return PrintableText(quoting: text) }
        return compact(self)
    }
}

extension [Item] {
    /// At most `limit` of them, and whether there are more: so one more than is shown is asked for.
    func first(_ limit: Int) -> (items: [Item], hasMore: Bool) { (Array(prefix(limit)), count > limit) }
}

extension CapacityMeter {
    /// `Query 0.5 read; 0.5 read units in 1 call`
    var sentence: String {
        let parts = byOperation.sorted { $0.key < $1.key }.map { name, count in
            "\(name) \(count.consumed.words) in \(count.calls == 1 ? "1 call" : "\(count.calls) calls")"
        }
        return "Consumed capacity: " + (parts.isEmpty ? "none" : parts.joined(separator: "; "))
    }
}

extension ConsumedCapacity {
    var words: String {
        let parts = [read > 0 ? "\(read) read" : nil, write > 0 ? "\(write) write" : nil].compactMap { $0 }
        return parts.isEmpty ? "0" : parts.joined(separator: ", ")
    }
}

struct CapacityOutput: Encodable {
    let read: Double
    let write: Double

    init(_ meter: CapacityMeter) {
        let total = meter.total
        (read, write) = (total.read, total.write)
    }
}

/// What a pattern has read, and what that consumed.
struct ItemsOutput: Encodable {
    let items: [RawItem]
    /// Whether there are more than the limit.
    let hasMore: Bool
    let consumedCapacity: CapacityOutput

    init(_ items: [Item], _ hasMore: Bool, _ meter: CapacityMeter) {
        self.items = items.map(RawItem.init)
        self.hasMore = hasMore
        consumedCapacity = CapacityOutput(meter)
    }
}

/// A line of a conversation in the seed's columns: the sender padded to 16, the time to 22, the
/// first 40 characters.
func seedLine(_ sender: String, _ createdAt: String, _ text: String) -> PrintableText {
    padded(sender, 16) + padded(seedTime(createdAt), 22) + "\(text.prefix(40))"
}

/// `2026-11-24 05:50 AM`; what is no time, as it is.
private func seedTime(_ text: String) -> String {
    guard let time = Timestamp(text) else { return text }
    let written = time.description
    let hour = Int(written.dropFirst(11).prefix(2)) ?? 0
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    let minute = written.dropFirst(14).prefix(2)
    return "\(written.prefix(10)) \(twelve < 10 ? "0" : "")\(twelve):\(minute) \(hour < 12 ? "AM" : "PM")"
}

/// In cells, as a terminal counts them.
func padded(_ remote: String, _ width: Int) -> PrintableText { PrintableText(line: remote).padded(to: width) }
