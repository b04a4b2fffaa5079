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

    @Test(
        "seconds that no instant can hold are the furthest instants, and never a crash",
        arguments: [
            (1e30, Int64.max), (-1e30, .min), (.infinity, .max), (-.infinity, .min), (.nan, 0), (9.3e12, .max),
            (-1.5, -1_500_000),
        ])
    func extremes(_ seconds: Double, _ microseconds: Int64) {
        #expect(Timestamp(seconds: seconds).microseconds == microseconds)
        for time in [Timestamp(microseconds: .min), Timestamp(microseconds: 0), Timestamp(microseconds: .max)] {
            let moved = time.advanced(bySeconds: seconds)
            #expect(seconds < 0 ? moved <= time : moved >= time)
            #expect(moved.seconds(since: Timestamp(microseconds: .min)) >= 0)
            #expect(!moved.description.isEmpty)
        }
    }

    // MARK: HTTP's dates

    private static let now = Timestamp("2026-11-24T12:00:00Z")!

    @Test(
        "the three forms of HTTP's dates are one instant",
        arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func httpDates(_ text: String) {
        #expect(Timestamp(httpDate: text, now: Self.now) == Timestamp("1994-11-06T08:49:37Z"))
    }

    @Test func aYearOfTwoDigitsIsNoMoreThanFiftyYearsAhead() {
        let read = { (year: String) in
            Timestamp(httpDate: "Monday, 01-Jan-\(year) 00:00:00 GMT", now: Self.now)?.description.prefix(4)
        }
        #expect(read("26") == "2026")
        #expect(read("76") == "2076")
        #expect(read("77") == "1977")
    }

    @Test(
        "what is no date of HTTP's is refused",
        arguments: [
            "", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999999999 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06-Nov 08:49:37 GMT", "Sun Nov 6 8:49:37 1994",
            "2026-11-24T12:00:00Z", "Sun, 06 \u{1B}[31m 1994 08:49:37 GMT",
        ])
    func noHTTPDates(_ text: String) {
        #expect(Timestamp(httpDate: text, now: Self.now) == nil)
    }

    @Test func weekdaysAreThoseOfTheCalendar() {
        #expect(CivilDate(year: 2026, month: 11, day: 24)?.weekday == 2)
        #expect(CivilDate(year: 1969, month: 12, day: 31)?.weekday == 3)
        #expect(CivilDate(year: 2000, month: 2, day: 29)?.weekday == 2)
    }
}
