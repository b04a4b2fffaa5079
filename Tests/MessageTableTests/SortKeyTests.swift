import Testing

@testable import MessageTable

/// What comes right behind a sort key, whoever wrote that.
struct SortKeyTests {
    @Test(
        arguments: [
            ("2026-11-24T05:50:07.058076+00:00", "2026-11-24T05:50:07.058077+00:00"),
            ("2026-11-24T05:50:07.058076", "2026-11-24T05:50:07.058077+00:00"),
            ("2026-11-24T05:50:07.058076Z", "2026-11-24T05:50:07.058077+00:00"),
            ("2026-11-24T05:50:07", "2026-11-24T05:50:07.000001+00:00"),
            ("2026-12-31T23:59:59.999999+00:00", "2027-01-01T00:00:00.000000+00:00"),
            // A zone behind ours shows less; its instant stands behind.
            ("2026-11-24T05:50:07.058076-05:00", "2026-11-24T10:50:07.058077+00:00"),
            // One ahead shows more, and only that stands behind.
            ("2026-11-24T15:50:07.058076+05:00", "2026-11-24T15:50:07.058077+00:00"),
            ("2026-11-24T15:50:07+05:00", "2026-11-24T15:50:07.000001+00:00"),
        ])
    func behind(_ sort: String, _ next: String) {
        #expect(SortKey.next(after: sort) == next)
        #expect(SortKey.isBefore(sort, next))
    }

    @Test(arguments: [
        "", "zzz", "2026", "2030-garbage", "9999-12-31T23:59:59.999999+00:00", "\u{0}", "10000-01-01T00:00:00Z",
    ])
    func behindWhatIsNoTimeThereIsNone(_ sort: String) {
        #expect(SortKey.next(after: sort) == nil)
    }
}
