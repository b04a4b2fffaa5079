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
