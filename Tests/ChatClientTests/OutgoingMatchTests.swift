import Testing
import Timestamps

@testable import ChatClient

/// Which listed message is the one that was just sent.
struct OutgoingMatchTests {
    private func listed(_ uuid: String, _ text: String, at: Double, handle: String = "me") -> Message {
        Message(uuid: uuid, text: text, handle: handle, displayName: "Me", at: Timestamp(seconds: at))
    }

    private func outgoing(_ id: Int, _ text: String, _ state: Outgoing.State, after: Double? = nil) -> Outgoing {
        var outgoing = Outgoing(id: id, text: text, queuedAt: Timestamp(seconds: 100), state: state)
        outgoing.after = after.map(Timestamp.init(seconds:))
        return outgoing
    }

    private func sent(_ at: Double) -> Outgoing.State { .sent(at: Timestamp(seconds: at)) }

    @Test func theEchosTimeTextAndHandleIdentifyTheMessageWhateverItsUUID() {
        let messages = [listed("a", "ok", at: 90), listed("b", "ok", at: 100), listed("c", "ok", at: 110)]
        let match = OutgoingMatch([outgoing(1, "ok", sent(100))], in: messages, handle: "me")
        #expect(match.listed[1]?.uuid == "b")
    }

    @Test func theSameTextOfTheOtherIsNotOurs() {
        let match = OutgoingMatch(
            [outgoing(1, "ok", .sending)], in: [listed("a", "ok", at: 100, handle: "you")], handle: "me")
        #expect(match.listed.isEmpty)
    }

    @Test func aPollThatIsFasterThanTheEchoHidesTheMessageOnItsWay() {
        let match = OutgoingMatch(
            [outgoing(1, "hi", .sending, after: 99)], in: [listed("old", "x", at: 99), listed("a", "hi", at: 100)],
            handle: "me")
        #expect(match.listed[1]?.uuid == "a")
    }

    @Test func whatWasListedBeforeTheSendingIsNotTheMessage() {
        var again = outgoing(1, "hi", .unsure(reason: ""), after: 99)
        let before = listed("a", "hi", at: 99)
        again.listedBefore = [before.id]
        #expect(OutgoingMatch([again], in: [before], handle: "me").listed.isEmpty)
        #expect(OutgoingMatch([again], in: [before, listed("b", "hi", at: 101)], handle: "me").listed[1]?.uuid == "b")
    }

    @Test func anOlderMessageThatTurnsUpIsNotTheMessage() {
        let match = OutgoingMatch(
            [outgoing(1, "hi", .unsure(reason: ""), after: 1000)], in: [listed("a", "hi", at: 500)], handle: "me")
        #expect(match.listed.isEmpty)
    }

    @Test func twoOfTheSameTextMatchTwoMessages() {
        let messages = [listed("a", "ok", at: 100), listed("b", "ok", at: 101)]
        let match = OutgoingMatch(
            [outgoing(1, "ok", sent(101)), outgoing(2, "ok", .sending)], in: messages, handle: "me")
        #expect(match.listed[1]?.uuid == "b")
        #expect(match.listed[2]?.uuid == "a")
    }

    @Test func aServerWhoseEchoHasAnotherTimeThanItsListIsMatchedNearby() {
        let match = OutgoingMatch([outgoing(1, "ok", sent(100))], in: [listed("a", "ok", at: 100.2)], handle: "me")
        #expect(match.listed[1]?.uuid == "a")
    }

    @Test func whatFailedOrWaitsIsNeverHidden() {
        let messages = [listed("a", "ok", at: 100)]
        for state in [Outgoing.State.queued, .failed(reason: "")] {
            #expect(OutgoingMatch([outgoing(1, "ok", state)], in: messages, handle: "me").listed.isEmpty)
        }
    }
}
