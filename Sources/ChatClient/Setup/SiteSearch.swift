import Foundation
import HTTPExchange
import Timestamps

/// What is at an address.
public struct SiteFindings: Sendable {
    /// It answers as a backend does.
    public var backend: BackendURL?
    /// Scripts that were read.
    public var scripts = 0
    public var bundle = BundleFindings.nothing
    /// Why nothing could be read there.
    public var problem: String?

    public init() {}
}

/// Looks at addresses before anything is known of them. No token is with it, so it may follow where pages lead; it is
/// bounded in time, size and number.
public struct SiteSearch: Sendable {
    private static let scriptLimit = 12
    /// Bytes of one answer, and of all that is read.
    private static let sizeLimit = 8 << 20
    private static let totalLimit = 24 << 20
    private static let hopLimit = 5

    private let http: HTTPConnector

    public init(time: any TimeSource = SystemTime(), log: ClientLog = .none) {
        http = HTTPConnector(size: Self.sizeLimit, time: time, log: log)
    }

    /// To be called once, at the end.
    public func close() async { await http.shutdown() }

    /// Whether a backend is there, and what a page there tells.
    public func look(at address: SiteAddress) async -> SiteFindings {
        var findings = SiteFindings()
        if case .answers = await health(of: address.url) { findings.backend = address.url }
        do {
            let (page, place) = try await page(at: address)
            guard Self.isHTML(page) else {
                if findings.backend == nil { findings.problem = "neither a page nor a Cruddur backend answers there" }
                return findings
            }
            let texts = [page] + (await scripts(of: page, at: place))
            findings.scripts = texts.count - 1
            findings.bundle = BundleFindings(texts)
        } catch {
            if findings.backend == nil { findings.problem = "\(error)" }
        }
        return findings
    }

    // MARK: Pages

    private func page(at address: SiteAddress) async throws(APIError) -> ([UInt8], URL) {
        guard var place = address.asURL else { throw .unreachable("its URL is not valid") }
        for _ in 0...Self.hopLimit {
            let answer = try await get(place)
            guard (300..<400).contains(answer.status) else {
                guard answer.status == 200 else { throw APIError(answer) }
                return (Array(answer.body), place)
            }
            guard let next = answer[header: "Location"].flatMap({ URL(string: $0, relativeTo: place)?.absoluteURL }),
                next.scheme == "https" || next.scheme == place.scheme
            else { throw .redirected }
            place = next
        }
        throw .redirected
    }

    private func scripts(of page: [UInt8], at place: URL) async -> [[UInt8]] {
        var read: [[UInt8]] = []
        var total = 0
        for address in ScriptTags.addresses(in: page, at: place).prefix(Self.scriptLimit) where total < Self.totalLimit
        {
            guard let answer = try? await get(address), answer.status == 200 else { continue }
            read.append(Array(answer.body))
            total += answer.body.count
        }
        return read
    }

    private func get(_ url: URL) async throws(APIError) -> HTTPAnswer {
        do {
            return try await http.send(HTTPCall(.get, url.absoluteString, headers: ["Accept": "*/*"]))
        } catch {
            throw error as? APIError ?? .connectionLost
        }
    }

    private static func isHTML(_ body: [UInt8]) -> Bool {
        body.first { !" \t\r\n".utf8.contains($0) && $0 < 0x80 } == UInt8(ascii: "<")
    }
}

// MARK: - Checks

extension SiteSearch {
    /// How a backend says that it is well.
    public func health(of backend: BackendURL) async -> BackendHealth {
        await BackendHealth.ask(backend, http)
    }

    /// Why the keys of a pool cannot be had; `nil`: they are there.
    public func problem(ofPool pool: String, at endpoint: BackendURL?) async -> String? {
        guard let id = UserPoolID(pool) else { return "is not the id of a user pool" }
        let place = endpoint?.description ?? "https://cognito-idp.\(id.region).amazonaws.com"
        do {
            let answer = try await http.send(HTTPCall(.get, "\(place)/\(id.description)/.well-known/jwks.json"))
            guard answer.status == 200 else {
                return answer.status == 404 || answer.status == 400
                    ? "there is no such pool in \(id.region) (\(answer.status))"
                    : "\(APIError.signIn(APIError(answer)))"
            }
            let keys: KeySet = try answer.decode()
            return keys.keys.isEmpty ? "it has no keys" : nil
        } catch {
            return "\(APIError.signIn(error as? APIError ?? .connectionLost))"
        }
    }

    private struct KeySet: Decodable {
        struct Key: Decodable {}
        let keys: [Key]
    }
}
