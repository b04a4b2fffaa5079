import Timestamps
import Traces

/// What can be seen of the calls as they happen: our own side, and, where the server traces, its.
struct CallWatch: Sendable {
    private static let longestPause = Duration.seconds(60)
    private static let shortestPause = Duration.milliseconds(250)

    let api: CruddurAPI
    let ring: TraceRing
    let clock: any TimeSource

    /// Hands on steps as they come, until the task is cancelled.
    func follow(_ take: @escaping @Sendable ([TraceSpan]) -> Void) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await followOwn(take) }
            group.addTask { await followServer(take) }
        }
    }

    private func followOwn(_ take: @Sendable ([TraceSpan]) -> Void) async {
        let changes = ring.changes()
        var place = 0
        func hand() {
            let page = ring.page(after: place)
            place = page.next
            if !page.spans.isEmpty { take(page.spans) }
        }
        hand()
        for await _ in changes { hand() }
    }

    private func followServer(_ take: @Sendable ([TraceSpan]) -> Void) async {
        var (place, ticket) = (0, PollTicket())
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                let (told, next) = try await api.traces(after: place, ticket)
                // What was told before is no news, whatever the answer says. A server that begins anew counts anew.
                let isNews = told.map { $0.next != place && !$0.spans.isEmpty } ?? false
                let goesOn = isNews && (told?.next ?? 0) > place
                if let told, isNews { take(told.spans) }
                // Another place is another list: its tag is not known yet.
                ticket = isNews ? PollTicket() : next
                place = isNews ? told?.next ?? place : place
                // News in a row come together; who holds no answer is not asked all the while.
                pause = goesOn || next.wasHeld ? Self.shortestPause : min(pause * 2, Self.longestPause)
                try await clock.sleep(for: pause)
            } catch let error as APIError where !error.isPassing {
                // 404, a page, anything but steps: it does not tell.
                return
            } catch {
                guard (try? await clock.sleep(for: pause)) != nil else { return }
                pause = min(max(pause * 2, .seconds(1)), Self.longestPause)
            }
        }
    }
}
