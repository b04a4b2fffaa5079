import Testing

@testable import ChatClient

struct PollScheduleTests {
    private let open = PollSchedule.Resource.messages(group: "g")

    private func schedule() -> PollSchedule {
        PollSchedule(ClientConfiguration.Polling(openConversation: 2, groups: 4, idle: 30))
    }

    private func poll(_ schedule: inout PollSchedule, _ resource: PollSchedule.Resource, at time: Duration) {
        schedule.began(resource)
        schedule.succeeded(resource, at: time)
    }

    @Test func theGroupsAreDueAtOnceThenAtTheirPace() {
        var schedule = schedule()
        #expect(schedule.due(at: .zero) == [.groups])
        poll(&schedule, .groups, at: .seconds(1))
        #expect(schedule.due(at: .seconds(4)).isEmpty)
        #expect(schedule.next == .seconds(5))
    }

    @Test func onlyOneRequestOfAResourceIsInFlight() {
        var schedule = schedule()
        schedule.began(.groups)
        #expect(schedule.due(at: .seconds(100)).isEmpty)
        schedule.pollNow(.groups, at: .seconds(1))
        #expect(schedule.due(at: .seconds(100)).isEmpty)
        // Asked for meanwhile: once more as soon as it is back.
        schedule.succeeded(.groups, at: .seconds(2))
        #expect(schedule.due(at: .seconds(2)) == [.groups])
    }

    @Test func theOpenConversationIsPolledAndOthersAreNot() {
        var schedule = schedule()
        poll(&schedule, .groups, at: .zero)
        schedule.open("g", at: .zero)
        #expect(schedule.due(at: .zero) == [open])
        poll(&schedule, open, at: .seconds(2))
        #expect(schedule.next == .seconds(4))
        schedule.open("other", at: .seconds(1))
        poll(&schedule, .messages(group: "other"), at: .seconds(1))
        #expect(!schedule.due(at: .seconds(3)).contains(open))
    }

    @Test func faultsWaitLongerEachTimeUpToTheCeilingAndASuccessForgetsThem() {
        var schedule = schedule()
        var waits: [Duration] = []
        for _ in 0..<8 {
            schedule.began(.groups)
            schedule.failed(.groups, at: .zero, retryAfter: nil, random: 1)
            waits.append(schedule.next ?? .zero)
        }
        #expect(waits.prefix(3) == [.seconds(8), .seconds(16), .seconds(32)])
        #expect(waits.last == .seconds(60))
        schedule.began(.groups)
        schedule.succeeded(.groups, at: .zero)
        #expect(schedule.next == .seconds(4))
    }

    @Test func jitterSpreadsTheWaitsButNeverBelowTheUsualPace() {
        var (low, high) = (schedule(), schedule())
        low.failed(.groups, at: .zero, retryAfter: nil, random: 0)
        high.failed(.groups, at: .zero, retryAfter: nil, random: 1)
        #expect(low.next == .seconds(4))
        #expect(high.next == .seconds(8))
    }

    @Test func retryAfterIsHonoured() {
        var schedule = schedule()
        schedule.failed(.groups, at: .zero, retryAfter: 120, random: 0)
        #expect(schedule.next == .seconds(120))
    }

    @Test func askingForAPollDoesNotWaitForTheBackoff() {
        var schedule = schedule()
        schedule.failed(.groups, at: .zero, retryAfter: 120, random: 0)
        schedule.pollNow(.groups, at: .seconds(1))
        #expect(schedule.due(at: .seconds(1)) == [.groups])
    }

    @Test func pollsSlowDownWithTheSilenceAndQuickenWithAMessage() {
        var schedule = schedule()
        schedule.open("g", at: .zero)
        func pause(at seconds: Int) -> Duration {
            poll(&schedule, open, at: .seconds(seconds))
            return (schedule.next(of: open) ?? .zero) - .seconds(seconds)
        }
        #expect(pause(at: 5) == .seconds(2))
        #expect(pause(at: 25) == .seconds(25) * PollSchedule.share)
        // Somebody is here: no slower than this.
        #expect(pause(at: 250) == .seconds(12))
        schedule.news(at: .seconds(251))
        // Nobody has written the answer yet.
        #expect(pause(at: 251) == .seconds(4))
        #expect(pause(at: 252) == .seconds(2))
    }

    @Test func pollsIdleWhenNobodyIsHereAndLookAtOnceWithTheFirstKey() {
        var schedule = schedule()
        poll(&schedule, .groups, at: .seconds(1000))
        #expect(schedule.next == .seconds(1030))
        schedule.present(at: .seconds(1010))
        #expect(schedule.due(at: .seconds(1010)) == [.groups])
        poll(&schedule, .groups, at: .seconds(1010))
        #expect(schedule.next == .seconds(1022))
    }

    @Test func aTerminalWithoutFocusIsIdleUntilItIsLookedAt() {
        var schedule = schedule()
        schedule.setFocus(false, at: .seconds(1))
        poll(&schedule, .groups, at: .seconds(1))
        #expect(schedule.next == .seconds(31))
        schedule.setFocus(true, at: .seconds(5))
        #expect(schedule.due(at: .seconds(5)) == [.groups])
    }

    @Test func afterASendTheGroupsArePolledQuicklyUntilTheStreamHasCome() {
        var schedule = schedule()
        poll(&schedule, .groups, at: .zero)
        schedule.awaitStream(at: .seconds(1))
        #expect(schedule.due(at: .seconds(1)) == [.groups])
        poll(&schedule, .groups, at: .seconds(1))
        #expect(schedule.next == .milliseconds(1500))
        schedule.streamArrived()
        poll(&schedule, .groups, at: .milliseconds(1500))
        #expect(schedule.next == .milliseconds(5500))
    }

    @Test func aStreamThatNeverComesIsNotWaitedForForever() {
        var schedule = schedule()
        schedule.awaitStream(at: .zero)
        poll(&schedule, .groups, at: .seconds(11))
        #expect(schedule.next == .seconds(15))
    }

    // MARK: Servers that hold their answers

    private func pauses(_ answers: [PollSchedule.Answer]) -> [Duration] {
        var schedule = schedule()
        schedule.open("g", at: .zero)
        return answers.map { answer in
            schedule.began(open)
            // Long after the last message.
            schedule.succeeded(open, at: .seconds(100), answer)
            return (schedule.next(of: open) ?? .zero) - .seconds(100)
        }
    }

    @Test func whoHoldsAnswersIsAskedAgainAtOnce() {
        let held = PollSchedule.Answer(isNews: false, wasHeld: .seconds(50))
        let news = PollSchedule.Answer(isNews: true, wasHeld: .milliseconds(300))
        #expect(pauses([held, news, held]) == [PollSchedule.breath, PollSchedule.breath, PollSchedule.breath])
        // The first answer that can be held is asked for at once.
        #expect(pauses([.init(isNews: true, isOffered: true)]) == [PollSchedule.breath])
    }

    @Test func whoSaysSoAndTellsWhatWasKnownAtOnceEarnsNothing() {
        let atOnce = PollSchedule.Answer(isNews: false, wasHeld: .milliseconds(3))
        let held = PollSchedule.Answer(isNews: false, wasHeld: .seconds(50))
        let pace = pauses([.init(isNews: false)])[0]
        #expect(pace > .seconds(1))
        #expect(pauses([atOnce, atOnce]) == [pace, pace])
        #expect(pauses([held, atOnce]) == [PollSchedule.breath, pace])
    }

    @Test func newsThatComeOneAfterTheOtherAreNotAskedForFasterThanOneCanRead() {
        let news = PollSchedule.Answer(isNews: true, wasHeld: .milliseconds(3))
        let held = PollSchedule.Answer(isNews: false, wasHeld: .seconds(50))
        let burst = pauses([held] + Array(repeating: news, count: 12))
        #expect(zip(burst.dropFirst(), burst.dropFirst(2)).allSatisfy { $0 <= $1 })
        #expect(burst.last == PollSchedule.longBreath)
        // Of a server that has never held one, not faster than of any other in the end.
        #expect(pauses(Array(repeating: news, count: 12)).last == pauses([.init(isNews: true)])[0])
    }
}
