import Foundation

/// One request.
public struct HTTPCall: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    public var method: Method
    /// The whole URL.
    public let url: String
    public var headers: [String: String]
    public var body: Data?
    /// What the server may take on purpose, beside the time that every call may take.
    public var patience: Duration

    public init(
        _ method: Method = .get, _ url: String, headers: [String: String] = [:], body: Data? = nil,
        patience: Duration = .zero
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.patience = patience
    }
}

/// What an exchange may take.
public struct HTTPBounds: Sendable {
    /// From the first byte out to the last byte in; `nil`: as long as it takes.
    public let time: Duration?
    /// Bytes of the answer's body.
    public let size: Int

    public init(time: Duration?, size: Int) {
        self.time = time
        self.size = size
    }
}

/// Why an exchange did not end in an answer.
public enum HTTPFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// This cannot be sent to anybody. Nothing was.
    case invalid(String)
    /// Nothing was sent: no such host, refused, or no connection in time.
    case unreachable(String)
    /// It was sent, and the whole of an answer did not come in time.
    case timedOut
    /// It was sent, and the connection ended before the answer did.
    case connectionLost
    /// The answer is larger than its bound.
    case tooLarge

    /// Whether the request may have been carried out all the same.
    public var mayHaveArrived: Bool {
        switch self {
        case .invalid, .unreachable: false
        case .timedOut, .connectionLost, .tooLarge: true
        }
    }

    public var description: String {
        switch self {
        case .invalid(let reason), .unreachable(let reason): reason
        case .timedOut: "no answer in time"
        case .connectionLost: "the connection was lost"
        case .tooLarge: "the answer is too large"
        }
    }
}
