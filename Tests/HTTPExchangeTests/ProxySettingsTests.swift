import Testing

@testable import HTTPExchange

/// Through whom one goes, by variables alone.
struct ProxySettingsTests {
    private func way(_ url: String, _ environment: [String: String]) throws -> String {
        switch ProxySettings.of(environment).route(to: try BaseURL(parsing: url)) {
        case .direct: "direct"
        case .through(let proxy): "\(proxy) by \(proxy.variable)"
        case .broken(let reason): reason
        }
    }

    @Test(
        "variables in small letters count first, the scheme's own before all_proxy, and an empty one is none",
        arguments: [
            (["HTTPS_PROXY": "http://big:1"], "https://api.example", "big:1 by HTTPS_PROXY"),
            (
                ["HTTPS_PROXY": "http://big:1", "https_proxy": "http://small:1"], "https://api.example",
                "small:1 by https_proxy"
            ),
            (["HTTPS_PROXY": "http://big:1", "https_proxy": ""], "https://api.example", "big:1 by HTTPS_PROXY"),
            (["HTTP_PROXY": "http://plain:1"], "https://api.example", "direct"),
            (["HTTP_PROXY": "http://plain:1"], "http://api.example", "plain:1 by HTTP_PROXY"),
            (["ALL_PROXY": "socks5://all"], "https://api.example", "all:1080 by ALL_PROXY"),
            (["ALL_PROXY": "http://all", "HTTPS_PROXY": "own:8080"], "https://api.example", "own:8080 by HTTPS_PROXY"),
            (["all_proxy": "http://all"], "http://api.example", "all:80 by all_proxy"),
            ([:], "https://api.example", "direct"),
        ])
    func variables(_ environment: [String: String], _ url: String, _ expected: String) throws {
        #expect(try way(url, environment) == expected)
    }

    @Test(
        "who is on the list is gone to directly",
        arguments: [
            ("example.com", "https://example.com", true), ("example.com", "https://api.EXAMPLE.com", true),
            ("example.com", "https://badexample.com", false), (".example.com", "https://example.com", true),
            ("*.example.com", "https://a.b.example.com", true), ("a.example, b.example", "https://b.example", true),
            ("a.example b.example", "https://b.example", true), ("*", "https://any.example", true),
            ("example.com:8443", "https://example.com:8443", true), ("example.com:8443", "https://example.com", false),
            ("example.com:443", "https://example.com", true), ("10.0.0.0/8", "https://10.20.30.40", true),
            ("10.0.0.0/8", "https://11.0.0.1", false), ("192.168.1.7", "https://192.168.1.7", true),
            ("192.168.1.0/25", "https://192.168.1.200", false), ("0.0.0.0/0", "https://8.8.8.8", true),
            ("fd00::/8", "https://[fd12::1]", true), ("fd00::/8", "https://[fe80::1]", false),
            ("[2001:db8::1]:443", "https://[2001:db8::1]", true), ("2001:db8::1", "https://[2001:db8::1]", true),
            ("10.0.0.0/33", "https://10.0.0.1", false), ("10.0.0.0/-1", "https://10.0.0.1", false),
            ("10.0.0.0/nan", "https://10.0.0.1", false), ("", "https://example.com", false),
            (",,. ,", "https://example.com", false), ("example.com.", "https://example.com", true),
            ("example.com", "https://example.com.", true),
        ])
    func exceptions(_ list: String, _ url: String, _ isDirect: Bool) throws {
        #expect(try way(url, ["HTTPS_PROXY": "p:1", "NO_PROXY": list]) == (isDirect ? "direct" : "p:1 by HTTPS_PROXY"))
        #expect(
            try way(url, ["HTTPS_PROXY": "p:1", "no_proxy": list, "NO_PROXY": "other.example"])
                == (isDirect ? "direct" : "p:1 by HTTPS_PROXY") || list.isEmpty)
    }

    @Test(
        "what is on this machine is never asked for through a proxy",
        arguments: [
            "http://localhost:4567", "http://127.0.0.1", "https://127.9.9.9:1", "http://[::1]:80", "http://localhost.",
        ])
    func loopback(_ url: String) throws {
        #expect(try way(url, ["ALL_PROXY": "http://p:1", "HTTP_PROXY": "http://p:1"]) == "direct")
    }

    @Test(
        "what names no proxy is said, and nothing of it is repeated",
        arguments: [
            "https://name:secret@p:1", "ftp://p", "http://name:secret@:80", "http://p:99999", "http://p:nan",
            "http://name:secret@p:1/path", "socks5://name:secret@p", "http://na\u{202E}me secret p", "http://p:0",
            "http://name:secret%0d%0aX@p:1",
        ])
    func broken(_ value: String) throws {
        let said = try way("https://api.example", ["HTTPS_PROXY": value])
        #expect(said.hasPrefix("HTTPS_PROXY ") && !said.contains("secret") && !said.contains("\u{202E}"), "\(said)")
        #expect(try way("https://api.example", ["HTTPS_PROXY": value, "NO_PROXY": "*"]) == "direct")
    }

    @Test func aPasswordIsSentAsItWasMeantAndDescribesNothing() throws {
        let proxy = try Proxy(parsing: "http://n%40me:p%3Ass@Proxy.Example:3128", of: "HTTPS_PROXY")
        #expect(proxy.authorization == "Basic bkBtZTpwOnNz")
        var dumped = ""
        dump(HTTPFault.proxy(.authentication(proxy)), to: &dumped)
        #expect("\(proxy) \(String(reflecting: proxy))" == "proxy.example:3128 proxy.example:3128")
        #expect(!"\(HTTPFault.proxy(.authentication(proxy)))".contains("p:ss"))
    }
}
