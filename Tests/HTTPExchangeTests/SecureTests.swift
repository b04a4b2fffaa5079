import Foundation
import NIOHTTP1
import TestSupport
import Testing
import Timestamps

@testable import HTTPExchange

/// Real https servers with real certificates, some through a real proxy.
struct SecureTests {
    private static let bounds = HTTPBounds(time: .seconds(120), size: 1000)
    private let openssl: OpenSSL

    init() throws {
        openssl = try OpenSSL()
        try openssl.makeIssuer("Our Authority")
    }

    private var trusting: NetworkSettings {
        get throws {
            var network = NetworkSettings.of([:])
            try network.trust.accept(filed: openssl.file("Our Authority.pem"))
            return network
        }
    }

    private func server(_ name: String, clientIssuer: String? = nil) async throws -> TLSServer {
        try await TLSServer(
            certificate: openssl.file("\(name).pem"), key: openssl.file("\(name).key"), clientIssuer: clientIssuer)
    }

    /// What comes of a call.
    private func result(_ url: String, _ network: NetworkSettings, time: any TimeSource = SystemTime()) async throws
        -> Result<HTTPAnswer, HTTPFault>
    {
        let connections = HTTPConnections(connect: .seconds(3600), threads: .one, network: network, time: time)
        let result: Result<HTTPAnswer, HTTPFault>
        do {
            let call = HTTPCall(.get, url, headers: ["Authorization": "Bearer secret"])
            result = .success(try await connections.send(call, within: Self.bounds))
        } catch {
            result = .failure(try #require(error as? HTTPFault))
        }
        await connections.shutdown()
        return result
    }

    private func fault(_ url: String, _ network: NetworkSettings) async throws -> HTTPFault? {
        guard case .failure(let fault) = try await result(url, network) else { return nil }
        #expect(!fault.mayHaveArrived)
        return fault
    }

    @Test func whoeverTheCAFileSignsForIsAccepted() async throws {
        try openssl.make("good", for: "DNS:localhost,IP:127.0.0.1", by: "Our Authority")
        let server = try await server("good")
        for host in ["localhost", "127.0.0.1"] {
            #expect(try await result("https://\(host):\(server.port)/", trusting).get().status == 200)
        }
        let environment = ["SSL_CERT_FILE": openssl.file("Our Authority.pem")]
        #expect(try await result("https://localhost:\(server.port)/", .of(environment)).get().status == 200)
        #expect(server.heads.count == 3)
        await server.close()
    }

    @Test func aCertificateOutOfDateIsSaidWithItsDayAndNothingIsSent() async throws {
        try openssl.make("late", for: "IP:127.0.0.1", by: "Our Authority", until: "20240229120000Z")
        try openssl.make("early", for: "IP:127.0.0.1", by: "Our Authority", from: "20980101000000Z")
        for (name, words) in [
            (
                "late",
                "the certificate of late has expired: it was good until 2024-02-29, and this machine's clock says 2"
            ),
            ("early", "the certificate of early is good from 2098-01-01 on, and this machine's clock says 2"),
        ] {
            let server = try await server(name)
            let said = try #require(try await fault("https://127.0.0.1:\(server.port)/", trusting)).description
            #expect(said.hasPrefix(words), "\(said)")
            #expect(server.heads.isEmpty)
            await server.close()
        }
    }

    @Test func aCertificateForOthersIsSaidWithTheirNames() async throws {
        try openssl.make(
            "others", for: "DNS:portal.example,DNS:*.hotel.example,IP:10.0.0.1,DNS:d.example", by: "Our Authority")
        let server = try await server("others")
        let found = try await fault("https://localhost:\(server.port)/", trusting)
        #expect(
            found
                == .certificate(
                    .otherHost("localhost", names: ["portal.example", "*.hotel.example", "10.0.0.1", "d.example"])))
        #expect(
            found?.description.contains("for portal.example, *.hotel.example, 10.0.0.1 and 1 more, not for localhost")
                == true)
        #expect(server.heads.isEmpty)
        await server.close()
    }

    @Test func whoSignedIsSaidWhereThatIsNotKnown() async throws {
        try openssl.makeIssuer("Evil \u{1B}[31m\u{202E} Ltd")
        try openssl.make("unknown", for: "IP:127.0.0.1", by: "Evil \u{1B}[31m\u{202E} Ltd")
        try openssl.make("alone", for: "IP:127.0.0.1", by: nil)
        for (name, words) in [
            ("unknown", "is signed by Evil "), ("alone", "for alone, is signed by nobody but itself"),
        ] {
            let server = try await server(name)
            let said = try #require(try await fault("https://127.0.0.1:\(server.port)/", trusting)).description
            #expect(said.contains(words), "\(said)")
            #expect(said.contains("network.ca_file"))
            #expect(said.utf8.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(server.heads.isEmpty)
            await server.close()
        }
        // The same, named by the person, is accepted.
        var network = NetworkSettings.of([:])
        try network.trust.accept(filed: openssl.file("alone.pem"))
        let server = try await server("alone")
        #expect(try await result("https://127.0.0.1:\(server.port)/", network).get().status == 200)
        await server.close()
    }

    @Test func aServerThatAsksForACertificateGetsOursOrItIsSaid() async throws {
        try openssl.make("good", for: "IP:127.0.0.1", by: "Our Authority")
        try openssl.make("me", for: "DNS:me", by: "Our Authority")
        let server = try await server("good", clientIssuer: openssl.file("Our Authority.pem"))
        let url = "https://127.0.0.1:\(server.port)/"
        let said = try #require(try await fault(url, trusting)).description
        #expect(said.contains("network.client_certificate"), "\(said)")
        #expect(server.heads.isEmpty)
        var network = try trusting
        try network.trust.show(certificate: openssl.file("me.pem"), key: openssl.file("me.key"))
        #expect(try await result(url, network).get().status == 200)
        await server.close()
    }

    @Test func filesThatAreNoneAreRefusedWithWhatTheyLack() throws {
        try openssl.make("me", for: "DNS:me", by: "Our Authority")
        try openssl.make("you", for: "DNS:you", by: "Our Authority")
        var trust = TrustSettings.of([:])
        #expect(throws: TrustSettings.Complaint.self) { try trust.accept(filed: "/nowhere/x.pem") }
        #expect(throws: TrustSettings.Complaint.self) { try trust.accept(filed: "/") }
        #expect(throws: TrustSettings.Complaint.self) { try trust.accept(filed: openssl.file("me.key")) }
        for (certificate, key) in [
            ("me.pem", "you.key"), ("me.pem", "me.pem"), ("me.key", "me.key"), ("me.pem", "none"),
        ] {
            #expect(throws: TrustSettings.Complaint.self, "\(certificate) \(key)") {
                try trust.show(certificate: openssl.file(certificate), key: openssl.file(key))
            }
        }
    }

    @Test func aCertificateFileOfTheEnvironmentThatIsNoneIsSaid() async throws {
        let found = try await fault("https://127.0.0.1:1/", .of(["SSL_CERT_FILE": "/nowhere/ca.pem"]))
        #expect(found?.description.hasPrefix("SSL_CERT_FILE: /nowhere/ca.pem cannot be read") == true)
    }

    @Test func whoSpeaksNoTLSOrLeavesInTheHandshakeIsSaid() async throws {
        for (answer, words) in [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "speaks no TLS"), ("", "ended the connection"),
            ("\u{16}\u{3}\u{3}", "ended the connection"),
        ] {
            let server = try await ByteServer(answer)
            let said = try #require(try await fault("https://127.0.0.1:\(server.port)/", trusting)).description
            #expect(said.contains(words), "\(said)")
            await server.close()
        }
    }

    // MARK: Through a proxy

    private func through(_ proxy: ConnectProxy, _ credentials: String = "") throws -> NetworkSettings {
        var network = try trusting
        network.proxies = .of(["HTTPS_PROXY": "http://\(credentials)127.0.0.1:\(proxy.port)"])
        return network
    }

    @Test func aProxyPassesOnToTheHostThatIsAskedForAndSeesNoToken() async throws {
        try openssl.make("api.test", for: "DNS:api.test", by: "Our Authority")
        let server = try await server("api.test")
        let proxy = try await ConnectProxy(to: server.port, credentials: "n@me:p:ss")
        let answer = try await result("https://api.test/x", through(proxy, "n%40me:p%3Ass@")).get()
        #expect(answer.status == 200)
        #expect(proxy.heads.count == 1)
        #expect(proxy.heads.first?.hasPrefix("CONNECT api.test:443 HTTP/1.1\r\n") == true)
        #expect(proxy.heads.first?.contains("secret") == false)
        #expect(server.heads.first?.headers["Authorization"] == ["Bearer secret"])
        #expect(server.heads.first?.headers.contains(name: "Proxy-Authorization") == false)
        await proxy.close()
        await server.close()
    }

    @Test func aProxyThatWantsANameOrAnotherIsSaid() async throws {
        let proxy = try await ConnectProxy(to: 1, credentials: "name:right")
        let without = try #require(try await fault("https://api.test/", through(proxy))).description
        #expect(
            without.contains("wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@127.0.0.1"), "\(without)")
        let wrong = try #require(try await fault("https://api.test/", through(proxy, "name:wrong@"))).description
        #expect(wrong.contains("does not take the name and password in HTTPS_PROXY") && !wrong.contains("wrong@"))
        await proxy.close()
    }

    @Test(
        "what a proxy answers instead of a connection is said with its status",
        arguments: [
            (
                "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<h1>no</h1>\n\n",
                " (502)"
            ),
            ("HTTP/1.1 403 No\r\n\r\n<html>", " (403)"),
            ("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n", " (302)"),
        ])
    func refusals(_ answer: String, _ status: String) async throws {
        let proxy = try await ConnectProxy(to: 1, answer: answer)
        let said = try #require(try await fault("https://api.test/", through(proxy))).description
        #expect(said == "the proxy 127.0.0.1:\(proxy.port) of HTTPS_PROXY does not connect to api.test\(status)")
        await proxy.close()
    }

    /// From outside, that looks like a connection that ended later: so it is taken for the worse.
    @Test(
        "a proxy that speaks no HTTP is a lost connection", arguments: ["<html>\r\n\r\n", "HTTP/1.1 nan X\r\n\r\n", ""])
    func nonsense(_ answer: String) async throws {
        let proxy = try await ConnectProxy(to: 1, answer: answer)
        let result = try await result("https://api.test/", through(proxy))
        #expect(throws: HTTPFault.connectionLost) { try result.get() }
        await proxy.close()
    }

    @Test func aCertificateFaultBehindAProxyIsSaidAsWithoutOne() async throws {
        try openssl.make("late", for: "DNS:api.test", by: "Our Authority", until: "20240229120000Z")
        let server = try await server("late")
        let proxy = try await ConnectProxy(to: server.port, credentials: "a:b")
        let said = try #require(try await fault("https://api.test/", through(proxy, "a:b@"))).description
        #expect(said.contains("good until 2024-02-29"), "\(said)")
        await proxy.close()
        await server.close()
    }

    @Test func aProxyThatIsNotThereIsSaidAsThat() async throws {
        var network = NetworkSettings.of([:])
        network.proxies = .of(["HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "nonsense://x"])
        #expect(
            try await fault("https://api.test/", network)?.description
                == "the proxy 127.0.0.1:1 of HTTPS_PROXY: connection refused")
        #expect(
            try await fault("http://api.test/", network)
                == .invalid("HTTP_PROXY names a proxy that is neither http:// nor socks5://"))
    }

    // MARK: What doctors ask

    @Test func theCertificatesOfAServerCanBeReadWhetherTheyAreAcceptedOrNot() async throws {
        try openssl.make("late", for: "DNS:a.example,IP:127.0.0.1", by: "Our Authority", until: "20240229120000Z")
        let server = try await server("late")
        let connections = HTTPConnections(connect: .seconds(3600), network: .of([:]))
        let chain = try await connections.certificates(of: BaseURL(parsing: "https://127.0.0.1:\(server.port)"))
        #expect(chain.first?.subject == "late" && chain.first?.issuer == "Our Authority")
        #expect(chain.first?.names == ["a.example", "127.0.0.1"])
        #expect(chain.first?.validUntil == Timestamp("2024-02-29T12:00:00Z"))
        #expect(chain.first?.isSelfSigned == false)
        await #expect(throws: HTTPFault.unreachable("connection refused")) {
            try await connections.certificates(of: BaseURL(parsing: "https://127.0.0.1:1"))
        }
        await connections.shutdown()
        await server.close()
    }
}
