import Foundation
import HTTPExchange

/// Why a call to AWS was not answered as it should have been.
public enum AWSError: Error, CustomStringConvertible {
    /// The service said no.
    case service(Fault)
    /// Nothing usable came back. `mayHaveHappened`: the request may have been carried out.
    case transport(endpoint: String, reason: String, mayHaveHappened: Bool)
    /// Nobody can be called there: the address is wrong.
    case unusable(endpoint: String, complaint: String)
    case noCredentials(String)

    public struct Fault: Sendable {
        /// Without its namespace, such as `ResourceNotFoundException`.
        public let type: String
        public let message: String
        public let status: Int
        /// The whole answer.
        public let body: Data
        /// An earlier try of the same call may have been carried out though its answer was lost.
        public internal(set) var mayHaveHappenedBefore = false
    }

    /// The service's name for it; `nil` where none came.
    public var type: String? {
        if case .service(let fault) = self { return fault.type }
        return nil
    }

    public var description: String {
        switch self {
        case .service(let fault):
            fault.message.isEmpty ? "\(fault.type) (status \(fault.status))" : "\(fault.type): \(fault.message)"
        case .transport(let endpoint, let reason, _): "\(endpoint): \(reason)"
        case .unusable(let endpoint, let complaint): "\(BaseURL.shown(endpoint)) \(complaint)"
        case .noCredentials(let reason): "no AWS credentials: \(reason)"
        }
    }

    /// Whether the same call may go well a little later.
    var isTransient: Bool {
        switch self {
        case .service(let fault):
            fault.status >= 500 || isThrottling || Self.passing.contains(fault.type)
        case .transport: true
        case .unusable, .noCredentials: false
        }
    }

    /// Whether more was asked than is allowed at a time.
    public var isThrottling: Bool {
        guard case .service(let fault) = self else { return false }
        return fault.status == 429 || Self.throttling.contains(fault.type)
    }

    private static let throttling: Set<String> = [
        "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
        "TooManyRequestsException", "LimitExceededException",
    ]
    private static let passing: Set<String> = [
        "TransactionInProgressException", "RequestTimeout", "RequestTimeoutException",
    ]

    init(status: Int, body: Data) {
        struct Answer: Decodable {
            let type: String?
            let message: String?

            enum CodingKeys: String, CodingKey {
                case type = "__type"
                case message
                case capitalMessage = "Message"
            }

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                type = try values.decodeIfPresent(String.self, forKey: .type)
                message =
                    try values.decodeIfPresent(String.self, forKey: .message)
                    ?? values.decodeIfPresent(String.self, forKey: .capitalMessage)
            }
        }
        let fault = try? JSONDecoder().decode(Answer.self, from: body)
        let type = fault?.type.map { String($0.split(separator: "#").last ?? "") } ?? "status \(status)"
        self = .service(Fault(type: type, message: fault?.message ?? "", status: status, body: body))
    }
}
