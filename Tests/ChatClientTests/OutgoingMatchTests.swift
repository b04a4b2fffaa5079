import Testing
import Timestamps

@testable import ChatClient

/// Which listed message is the one that was just sent.
struct OutgoingMatchTests {
    private func listed(
        _ id: Int64, _ text: String, at: Double, handle: String = "me", merged: Int64 = 1
    ) -> StoredMessage {
        let message = Message(uuid: "\(id)", text: text, handle: handle, displayName: "Me", at: Timestamp(seconds: at))
        return StoredMessage(id: id, message: message, merged: merged)
    }

    private func outgoing(_ id: Int64, _ text: String, _ state: Outgoing.State) -> Outgoing {
        Outgoing(id: Outgoing.ID(id), text: text, queuedAt: Timestamp(seconds: 100), state: state)
    }

    private func sent(_ at: Double) -> Outgoing.State { .sent(at: Timestamp(seconds: at)) }

    @Test func aServerThatTrimsATextListsItAllTheSame() {
        let trimmed = [listed(1, "hello", at: 100)]
        #expect(
            OutgoingMatch([outgoing(1, " hello\n", sent(100))], in: trimmed, me: "me", other: "you").listed
                == [Outgoing.ID(1): 1])
        // At another time, or another text, it is not.
        for other in [outgoing(1, "hello ", sent(101)), outgoing(1, "hullo", sent(100))] {
            #expect(OutgoingMatch([other], in: trimmed, me: "me", other: "you").listed.isEmpty)
        }
    }

    @Test func theEchosTimeTextAndHandleIdentifyTheMessageWhateverItsUUID() {
        let messages = [listed(1, "ok", at: 90), listed(2, "ok", at: 100), listed(3, "ok", at: 110)]
        let match = OutgoingMatch([outgoing(1, "ok", sent(100))], in: messages, me: "me", other: "you")
        #expect(match.listed[Outgoing.ID(1)] == 2)
    }

    @Test func theSameTextOfTheOtherIsNotOurs() {
        let match = OutgoingMatch(
            [outgoing(1, "ok", .sending)], in: [listed(1, "ok", at: 100, handle: "you")], me: "me", other: "you")
        #expect(match.listed.isEmpty)
    }

    @Test func aPollThatIsFasterThanTheEchoHidesTheMessageOnItsWay() {
        let match = OutgoingMatch(
            [outgoing(1, "hi", .sending)], in: [listed(9, "x", at: 99), listed(1, "hi", at: 100)],
            me: "me", other: "you")
        #expect(match.listed[Outgoing.ID(1)] == 1)
    }

    @Test func whatWasListedBeforeTheSendingIsNotTheMessage() {
        var again = outgoing(1, "hi", .unsure(reason: ""))
        again.mergedBefore = 1
        let before = listed(1, "hi", at: 99, merged: 1)
        #expect(OutgoingMatch([again], in: [before], me: "me", other: "you").listed.isEmpty)
        let after = listed(2, "hi", at: 101, merged: 2)
        #expect(OutgoingMatch([again], in: [before, after], me: "me", other: "you").listed[Outgoing.ID(1)] == 2)
    }

    @Test func whatCameFromFurtherBackIsNotTheMessage() {
        let old = listed(1, "hi", at: 500, merged: 0)
        #expect(
            OutgoingMatch([outgoing(1, "hi", .unsure(reason: ""))], in: [old], me: "me", other: "you").listed.isEmpty)
    }

    @Test(arguments: [-7200.0, -15, 15, 7200])
    func howFarTheClocksAreApartDoesNotMatter(ahead: Double) {
        let messages = [listed(1, "theirs", at: 100 + ahead, handle: "you"), listed(2, "hi", at: 100)]
        for state in [Outgoing.State.sending, sent(100), .unsure(reason: "")] {
            let match = OutgoingMatch([outgoing(1, "hi", state)], in: messages, me: "me", other: "you")
            #expect(match.listed[Outgoing.ID(1)] == 2)
        }
    }

    @Test func whoeverIsNotTheOtherIsYouWhereYourHandleIsNotKnown() {
        let messages = [listed(1, "ok", at: 100, handle: "you"), listed(2, "ok", at: 101)]
        let match = OutgoingMatch([outgoing(1, "ok", .sending)], in: messages, me: nil, other: "you")
        #expect(match.listed[Outgoing.ID(1)] == 2)
    }

    @Test func twoOfTheSameTextMatchTwoMessages() {
        let messages = [listed(1, "ok", at: 100), listed(2, "ok", at: 101)]
        let match = OutgoingMatch(
            [outgoing(1, "ok", sent(101)), outgoing(2, "ok", .sending)], in: messages, me: "me", other: "you")
        #expect(match.listed[Outgoing.ID(1)] == 2)
        #expect(match.listed[Outgoing.ID(2)] == 1)
    }

    @Test func aServerWhoseEchoHasAnotherTimeThanItsListIsMatchedNearby() {
        let match = OutgoingMatch(
            [outgoing(1, "ok", sent(100))], in: [listed(1, "ok", at: 100.2)], me: "me", other: "you")
        #expect(match.listed[Outgoing.ID(1)] == 1)
    }

    @Test func whatFailedOrWaitsIsNeverHidden() {
        let messages = [listed(1, "ok", at: 100)]
        for state in [Outgoing.State.queued, .failed(reason: "")] {
            #expect(OutgoingMatch([outgoing(1, "ok", state)], in: messages, me: "me", other: "you").listed.isEmpty)
        }
    }
}
