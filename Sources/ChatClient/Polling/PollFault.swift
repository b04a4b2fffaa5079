import Timestamps

/// Why the last poll of a resource failed, and since when they do.
struct PollFault: Sendable {
    let error: APIError
    let since: Timestamp

    func reason(for resource: PollSchedule.Resource) -> String {
        switch (error, resource) {
        case (.notFound, .groups):
            "404: the server has no message groups at this path; check backend_url and paths"
        case (_, .groups): error.description
        case (_, .messages): "this conversation: \(error.description)"
        }
    }
}

extension APIError {
    /// Only the network was lacking.
    var isOfTheNetwork: Bool {
        switch self {
        case .unreachable, .timedOut, .connectionLost, .portal: true
        case .signIn(let fault): fault.isOfTheNetwork
        default: false
        }
    }
}
