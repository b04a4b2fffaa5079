import ChatClient
import Foundation

/// What polling a server that cannot hold its answers costs, and how soon it tells of a message:
/// the client's own schedule, run through an hour of chat, beside a fixed poll of both lists.
///
///     swift run -c release PollingBenchmark
@main
struct PollingBenchmark {
    /// Seconds from a request to its answer, and until the stream has moved the group's row.
    static let roundTrip = 0.06
    static let streamLag = 0.4
    static let hour = 3600.0
    static let hours = 200

    static func main() throws {
        print("Simulated hours: \(hours) each. Delay: message written until the answer that tells of it.\n")
        print(row("", "requests/h", "median s", "p95 s", "elsewhere s"))
        let fixed = run(hours) { Fixed(messages: $0, elsewhere: $1).hour() }
        print(row("active, fixed 2 s", fixed))
        let adaptive = run(hours) { Adaptive(messages: $0, elsewhere: $1, isHere: true).hour() }
        print(row("active, adaptive", adaptive))
        let alone = Adaptive(messages: [], elsewhere: [], isHere: false).hour()
        print(row("idle, fixed 2 s", Fixed(messages: [], elsewhere: []).hour()))
        print(row("idle, adaptive", alone))
        print(
            """

            Goal while active: half the requests at the same median delay: \
            \(verdict(adaptive.requests * 2 <= fixed.requests && median(adaptive.delays) <= median(fixed.delays)))
            Goal while idle: a tenth of the requests: \(verdict(Double(alone.requests) <= 7200 / 2 / 10))
            """)
    }

    private static func verdict(_ isMet: Bool) -> String { isMet ? "met" : "MISSED" }

    private static func run(_ hours: Int, _ one: ([Double], [Double]) -> Outcome) -> Outcome {
        var random = Dice(7)
        var all = Outcome()
        for _ in 0..<hours {
            let outcome = one(Chat.burst(&random), Chat.others(&random))
            all.requests += outcome.requests
            all.delays += outcome.delays
            all.elsewhere += outcome.elsewhere
        }
        all.requests /= hours
        return all
    }

    private static func row(_ what: String, _ outcome: Outcome) -> String {
        row(
            what, "\(outcome.requests)", short(median(outcome.delays)), short(quantile(outcome.delays, 0.95)),
            short(median(outcome.elsewhere)))
    }

    private static func row(_ cells: String...) -> String {
        cells.map { $0 + String(repeating: " ", count: max(1, 20 - $0.count)) }.joined()
    }

    private static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        values.isEmpty ? .nan : values.sorted()[Int(Double(values.count - 1) * share)]
    }

    private static func short(_ value: Double) -> String {
        value.isNaN ? "-" : "\((value * 100).rounded() / 100)"
    }
}

struct Outcome {
    var requests = 0
    /// Of messages in the open conversation; seconds.
    var delays: [Double] = []
    /// Of messages in others.
    var elsewhere: [Double] = []
}

/// When people write. Answers follow each other in seconds; now and then somebody thinks.
enum Chat {
    /// Gaps are log-normal: median 8 s, one in ten over half a minute.
    static func burst(_ random: inout Dice) -> [Double] {
        var times: [Double] = []
        var time = 0.0
        while true {
            time += 8 * exp(1.1 * random.normal())
            guard time < PollingBenchmark.hour - 60 else { return times }
            times.append(time)
        }
    }

    /// Every five minutes somebody else.
    static func others(_ random: inout Dice) -> [Double] {
        var times: [Double] = []
        var time = 0.0
        while true {
            time -= 300 * log(1 - random.uniform())
            guard time < PollingBenchmark.hour - 60 else { return times }
            times.append(time)
        }
    }
}

/// Both lists, two seconds after the last answer.
struct Fixed {
    let messages: [Double]
    let elsewhere: [Double]

    func hour() -> Outcome {
        var outcome = Outcome()
        var time = 0.0
        var (seen, seenElsewhere) = (0, 0)
        while time < PollingBenchmark.hour {
            outcome.requests += 2
            while seen < messages.count, messages[seen] <= time {
                outcome.delays.append(time + PollingBenchmark.roundTrip - messages[seen])
                seen += 1
            }
            while seenElsewhere < elsewhere.count, elsewhere[seenElsewhere] + PollingBenchmark.streamLag <= time {
                outcome.elsewhere.append(time + PollingBenchmark.roundTrip - elsewhere[seenElsewhere])
                seenElsewhere += 1
            }
            time += 2 + PollingBenchmark.roundTrip
        }
        return outcome
    }
}

/// The client's schedule, with its defaults.
struct Adaptive {
    let messages: [Double]
    let elsewhere: [Double]
    let isHere: Bool

    func hour() -> Outcome {
        guard
            let configuration = try? ClientConfiguration.load(
                flags: ["backend_url": "https://api.example", "tokens.access_token": "t"],
                environment: ["HOME": "/nonexistent"])
        else { return Outcome() }
        var schedule = PollSchedule(configuration.polling)
        var outcome = Outcome()
        let open = PollSchedule.Resource.messages(group: "open")
        // Without anybody here, the last hour begins when all is quiet.
        let start = isHere ? 0.0 : 1000.0
        schedule.open("open", at: .zero)
        var (seen, seenElsewhere, nextKey) = (0, 0, 0.0)
        while let due = schedule.next, due < .seconds(start + PollingBenchmark.hour) {
            let next = due / .seconds(1)
            if isHere, nextKey <= next {
                schedule.present(at: .seconds(nextKey))
                nextKey += 20
                continue
            }
            let answer = next + PollingBenchmark.roundTrip
            for resource in schedule.due(at: due) {
                if next >= start { outcome.requests += 1 }
                schedule.began(resource)
                switch resource {
                case .groups:
                    while seenElsewhere < elsewhere.count, elsewhere[seenElsewhere] + PollingBenchmark.streamLag <= next
                    {
                        outcome.elsewhere.append(answer - elsewhere[seenElsewhere])
                        seenElsewhere += 1
                        // The row has moved: its messages are fetched, once.
                        outcome.requests += 1
                        schedule.news(at: .seconds(answer))
                    }
                    if seen < messages.count, messages[seen] + PollingBenchmark.streamLag <= next {
                        schedule.pollNow(open, at: .seconds(answer))
                    }
                case .messages:
                    while seen < messages.count, messages[seen] <= next {
                        outcome.delays.append(answer - messages[seen])
                        seen += 1
                        schedule.news(at: .seconds(answer))
                    }
                }
                schedule.succeeded(resource, at: .seconds(answer))
            }
        }
        return outcome
    }
}

/// The same hours in every run.
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }

    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }
}
