import Foundation
import HTTPExchange
import Timestamps

/// What a backend says of its health.
public enum BackendHealth: Sendable {
    /// It is one, and well.
    case answers(HealthAnswer)
    /// Something answers there that is no backend, or is not well.
    case other(HealthAnswer)
    case silent(APIError)

    /// The routes that there are: of most deployments, and of the seed.
    static let routes = ["/api/health-check", "/health"]

    static func ask(_ backend: BackendURL, _ http: HTTPConnector) async -> BackendHealth {
        var last = BackendHealth.silent(.connectionLost)
        for route in routes {
            do {
                let answer = HealthAnswer(
                    route: route,
                    try await http.send(HTTPCall(.get, backend.description + route, headers: ["Accept": "*/*"])))
                if answer.isWell { return .answers(answer) }
                if case .other(let former) = last, former.status != 404 { continue }
                last = .other(answer)
            } catch {
                return .silent(error as? APIError ?? .connectionLost)
            }
        }
        return last
    }
}

/// An answer to a health check.
public struct HealthAnswer: Sendable {
    public let route: String
    public let status: Int
    /// A 200 that is what a backend answers: an object, or `OK`. A page is served for any path in many places.
    let isWell: Bool
    let isHTML: Bool
    /// The server's clock, and ours when the answer had come.
    let date: Timestamp?
    let received: Timestamp

    init(route: String, _ answer: HTTPAnswer) {
        self.route = route
        status = answer.status
        let first = answer.body.first { !" \t\r\n".utf8.contains($0) }
        isHTML = first == UInt8(ascii: "<")
        let isObject = (try? JSONSerialization.jsonObject(with: answer.body)) is [String: Any]
        let words = String(decoding: answer.body.prefix(16), as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
        isWell = answer.status == 200 && (isObject || words.uppercased() == "OK" || words == "\"OK\"")
        date = answer[header: "Date"].flatMap { Timestamp(httpDate: $0, now: answer.received) }
        received = answer.received
    }
}
