import Crypto
import Foundation
import Timestamps

/// AWS Signature Version 4 in the `Authorization` header.
/// Source: AWS General Reference, "Signature Version 4 signing process".
public struct SignatureV4: Sendable {
    private static let algorithm = "AWS4-HMAC-SHA256"

    private let credentials: Credentials
    private let region: String
    /// As the scope names it: `dynamodb`, `cognito-idp`.
    private let service: String

    public init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// What is signed. `path` and `query` are as they go over the wire, percent-encoded.
    public struct Request: Sendable {
        public var method: String
        public var host: String
        public var path: String
        public var query: String
        public var headers: [(name: String, value: String)]
        public var body: Data

        public init(
            method: String, host: String, path: String = "/", query: String = "",
            headers: [(name: String, value: String)] = [], body: Data = Data()
        ) {
            self.method = method
            self.host = host
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
        }
    }

    /// The headers to add: the date, the session's token where there is one, and the signature
    /// over those, `Host` and the request's own.
    public func headers(for request: Request, at time: Timestamp) -> [(name: String, value: String)] {
        let date = Self.compact(time)
        var added = [(name: "X-Amz-Date", value: date)]
        if let token = credentials.sessionToken { added.append((name: "X-Amz-Security-Token", value: token)) }
        let all = [(name: "Host", value: request.host)] + request.headers + added
        let signed = Self.canonical(all)
        let names = signed.map(\.name).joined(separator: ";")
        let canonicalRequest = [
            request.method, request.path, Self.canonical(query: request.query),
            signed.map { "\($0.name):\($0.value)\n" }.joined(), names, Self.hex(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let text = [
            Self.algorithm, date, scope, Self.hex(SHA256.hash(data: Data(canonicalRequest.utf8))),
        ].joined(separator: "\n")
        let signature = Self.hex(Self.code(text, key: signingKey(day: date.prefix(8))))
        added.append(
            (
                name: "Authorization",
                value: "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"
            ))
        return added
    }

    private func signingKey(day: Substring) -> SymmetricKey {
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretAccessKey)".utf8))
        for part in [String(day), region, service, "aws4_request"] {
            key = SymmetricKey(data: Data(Self.code(part, key: key)))
        }
        return key
    }

    // MARK: Canonical forms

    /// Lower-case names in order; values of one name joined; runs of spaces folded.
    private static func canonical(
        _ headers: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let folded = value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            values[name.lowercased(), default: []].append(folded)
        }
        return values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
    }

    /// Parameters in order of name, then value.
    private static func canonical(query: String) -> String {
        query.split(separator: "&").map { parameter -> (String, String) in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// `20150830T123600Z`
    private static func compact(_ time: Timestamp) -> String {
        String(time.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
    }
}
