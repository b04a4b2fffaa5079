import CruddurServer
import Foundation
import MessageTable
import SampleConversations
import Timestamps
import Users

/// What has been said before anybody comes.
struct DemoSeeding: Sendable {
    let engine: EmbeddedEngine
    let now: @Sendable () -> Timestamp

    /// Seconds between the last message of a day and the first of the next, roughly.
    private static let night = 17.0 * 3600

    func seedIfEmpty() async throws {
        guard try await engine.scan(limit: 1, after: nil).items.isEmpty else { return }
        // The longest ended minutes ago; the shortest is quiet for days.
        try await seed(SampleConversation.meiAndTomasz, ended: 3 * 86_400)
        try await seed(SampleConversation.niaAndTomasz, ended: 5400)
        try await seed(SampleConversation.niaAndMei, ended: 240)
    }

    /// - Parameter ended: seconds since the last message.
    private func seed(_ text: String, ended: Double) async throws {
        let lines = text.split(separator: "\n").map(DemoLine.init)
        let speakers = lines.reduce(into: [Character]()) { if !$0.contains($1.speaker) { $0.append($1.speaker) } }
        let people = speakers.compactMap { speaker in DemoWorld.users.first { $0.handle.first == speaker }?.person }
        guard people.count == 2 else { return }
        let group = UUID().uuidString.lowercased()
        var time = now().advanced(bySeconds: -ended)
        var messages: [MessageItem] = []
        for (position, line) in lines.enumerated().reversed() {
            messages.append(
                MessageItem(
                    group: group, createdAt: time.description, uuid: UUID().uuidString.lowercased(), text: line.text,
                    sender: line.speaker == speakers[0] ? people[0] : people[1]))
            time = time.advanced(bySeconds: line.startsDay ? -Self.night : -(20 + Double(position * 7 % 9) * 15))
        }
        try await write(messages.reversed(), people)
    }

    private func write(_ messages: [MessageItem], _ people: [Person]) async throws {
        guard let first = messages.first, let last = messages.last,
            let recipient = people.first(where: { $0.uuid != first.sender.uuid })
        else { return }
        try await engine.run(.startGroup(first, recipient: recipient))
        for message in messages.dropFirst() { try await engine.run(.addMessage(message)) }
        let members = try await engine.all(ReadPattern.members(group: first.group)).map(GroupItem.init)
        try await engine.run(.rekeyGroups(members, to: last))
    }
}

/// `m: good morning`; `~m: good morning` is the first message of a day.
private struct DemoLine {
    let startsDay: Bool
    let speaker: Character
    let text: String

    init(_ written: Substring) {
        startsDay = written.hasPrefix("~")
        let line = startsDay ? written.dropFirst() : written
        speaker = line.first ?? " "
        text = String(line.dropFirst(3)).replacing("\\n", with: "\n")
    }
}
