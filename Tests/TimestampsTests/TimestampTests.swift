import Testing
import Timestamps

struct TimestampTests {
    @Test(
        "every form that deployments send is the same instant",
        arguments: [
            "2026-11-24T05:50:07.058076+00:00", "2026-11-24T05:50:07.058076Z", "2026-11-24T05:50:07.058076",
            "2026-11-24 05:50:07.058076", "2026-11-24T00:50:07.058076-05:00", "2026-11-24T11:20:07.058076+0530",
            "2026-11-24T06:50:07.058076+01", "2026-11-24T05:50:07.0580769+00:00",
        ])
    func sameInstant(_ text: String) {
        #expect(Timestamp(text)?.description == "2026-11-24T05:50:07.058076+00:00")
    }

    @Test func aTimeWithoutAFractionHasZeroMicroseconds() {
        #expect(Timestamp("2026-11-24T05:50:07+00:00")?.description == "2026-11-24T05:50:07.000000+00:00")
    }

    @Test func aShortFractionIsNotReadAsMicroseconds() {
        #expect(Timestamp("2026-11-24T05:50:07.5Z")?.description == "2026-11-24T05:50:07.500000+00:00")
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "2026", "2026-11-24", "2026-13-01T00:00:00", "2026-02-29T00:00:00", "2026-11-24T24:00:00",
            "2026-11-24T05:60:00", "2026-11-24T05:50:07.", "2026-11-24T05:50:07+", "2026-11-24T05:50:07ZZ",
            "2026-11-24T05:50:07+25:00", "not a time at all, really", "２０２６-11-24T05:50:07",
        ])
    func refused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func writingAndReadingGivesTheSameInstantBackOverThousandsOfYears() {
        for microseconds in stride(
            from: Int64(-62_000_000_000_000_000), to: 250_000_000_000_000_000, by: 777_777_777_777_777)
        {
            let time = Timestamp(microseconds: microseconds)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test func sortingTheTextIsSortingTheTime() {
        let times = [0, 1, 999_999, 1_000_000, 1_700_000_000_000_000, 1_700_000_000_000_001].map(
            Timestamp.init(microseconds:))
        #expect(times.map(\.description).sorted() == times.map(\.description))
    }

    @Test func weekdaysAreThoseOfTheCalendar() {
        #expect(CivilDate(year: 2026, month: 11, day: 24)?.weekday == 2)
        #expect(CivilDate(year: 1969, month: 12, day: 31)?.weekday == 3)
        #expect(CivilDate(year: 2000, month: 2, day: 29)?.weekday == 2)
    }
}
