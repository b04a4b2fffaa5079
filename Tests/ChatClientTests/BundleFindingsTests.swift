import Foundation
import Testing

@testable import ChatClient

/// What a page's own scripts tell.
struct BundleFindingsTests {
    private static let pool = "us-east-1_aBcDeFgHi"
    private static let client = "5a1b2c3d4e5f6g7h8i9j0k1l2m"
    private static let backend = "https://api.cruddur.example"

    private func found(_ scripts: String...) -> BundleFindings { BundleFindings(scripts.map { Array($0.utf8) }) }

    private func expectAll(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let found = found(script)
        #expect(found.pools == [Self.pool], sourceLocation: sourceLocation)
        #expect(found.clients == [Self.client], sourceLocation: sourceLocation)
        #expect(found.backends.map(\.description) == [Self.backend], sourceLocation: sourceLocation)
    }

    @Test func theWaysInWhichBuildToolsWriteThemAreAllRead() {
        // Create React App with Amplify, as the bootcamp has it.
        expectAll(
            """
            Auth:{region:"us-east-1",userPoolId:"\(Self.pool)",userPoolWebClientId:"\(Self.client)"}});\
            fetch("".concat("\(Self.backend)","/api/message_groups"),{headers:{Authorization:e}})
            """)
        // Variables that are inlined as an object.
        expectAll(
            """
            {NODE_ENV:"production",REACT_APP_BACKEND_URL:"\(Self.backend)",REACT_APP_AWS_USER_POOLS_ID:"\(Self.pool)",\
            REACT_APP_CLIENT_ID:"\(Self.client)"}
            """)
        // A template; single quotes; a slash that is escaped.
        expectAll("`\(Self.backend)/api/activities/home`;a='\(Self.pool)';clientId='\(Self.client)'")
        expectAll(#"{"backend_url":"https:\/\/api.cruddur.example","pool":"\#(Self.pool)","client":"\#(Self.client)"}"#)
    }

    @Test func whatOnlyLooksLikeItIsLeftOut() {
        let found = found(
            """
            "abcdefghijklmnopqrstuvwxyz" "0123456789abcdefghijklmnop" "zyxwvutsrqponmlkjihgfedcba" clientId:"tooShort1"
            https://reactjs.org/docs http://www.w3.org/2000/svg https://cdn.example/x.js us-east-1 us-east-1_ my-name_x
            "us-east-1_short_but_more" cognito-idp.us-east-1.amazonaws.com
            """)
        #expect(found == BundleFindings.nothing)
    }

    @Test func theLikeliestGoesBeforeOthers() {
        let other = "9z8y7x6w5v4u3t2s1r0q9p8o7n"
        #expect(found("hash:\"\(other)\" userPoolClientId:\"\(Self.client)\"").clients == [Self.client])
        #expect(found("clientId:\"\(Self.client)\" client_id=\"\(other)\"").clients == [Self.client, other])
        let urls = found("\"http://localhost:4567\"+\"/api/x\" https://api.other.example \"\(Self.backend)/api/y\"")
        #expect(urls.backends.map(\.description) == [Self.backend])
        // On a page of this machine nothing else may be there.
        #expect(found("\"http://localhost:4567/api/x\"").backends.map(\.description) == ["http://localhost:4567"])
    }

    @Test func bytesOfEveryKindAndHugeScriptsAreRead() {
        var bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
        bytes += Array("\"\(Self.pool)\"".utf8)
        bytes += Array(repeating: UInt8(ascii: "a"), count: 300_000)
        #expect(BundleFindings([bytes, []]).pools == [Self.pool])
        let many = (0..<5000).map { "client \"\(String(format: "%026d", $0).dropLast())a\"" }.joined(separator: " ")
        #expect(found(many).clients.count <= 200)
    }

    // MARK: Pages

    private func scripts(_ page: String, at address: String = "https://cruddur.example/messages/") throws -> [String] {
        ScriptTags.addresses(in: Array(page.utf8), at: try #require(URL(string: address))).map(\.absoluteString)
    }

    @Test func scriptsAreFoundHoweverTheyAreWritten() throws {
        #expect(
            try scripts(
                """
                <script src="https://cdn.example/lib.js"></script><SCRIPT defer='1' SRC='/static/js/main.abc.js'></SCRIPT>
                <script type=module crossorigin src=./assets/index.js?a=1&amp;b=2></script>
                <link rel="modulepreload" href="/assets/chunk.js"><link rel="stylesheet" href="/x.css">
                <script>var src="none.js"</script>
                """) == [
                    "https://cruddur.example/static/js/main.abc.js",
                    "https://cruddur.example/messages/assets/index.js?a=1&b=2",
                    "https://cruddur.example/assets/chunk.js",
                    "https://cdn.example/lib.js",
                ])
    }

    @Test func nothingIsFetchedThatIsNoScriptOfTheWeb() throws {
        let page = """
            <script src="file:///etc/passwd"></script><script src="javascript:alert(1)"></script>
            <script src="http://plain.example/x.js"></script><script src="data:text/javascript,1"></script><script src=""
            """
        #expect(try scripts(page).isEmpty)
        #expect(try scripts("<script src=/a.js>", at: "http://localhost:3000/") == ["http://localhost:3000/a.js"])
    }

    // MARK: Addresses

    @Test(arguments: [
        ("cruddur.example", "https://cruddur.example"), ("https://cruddur.example/", "https://cruddur.example"),
        ("cruddur.example/messages/@mei?x=1#y", "https://cruddur.example/messages/@mei"),
        ("localhost:3000", "http://localhost:3000"), ("127.0.0.1:4567/", "http://127.0.0.1:4567"),
        ("http://10.0.0.1", "http://10.0.0.1"),
    ])
    func anAddressIsReadAsABrowserWould(_ typed: String, _ meant: String) throws {
        #expect(try SiteAddress(typed).description == meant)
    }

    @Test(arguments: ["", " ", "a b", "ftp://x", "https://", "https://u:p@x", "x:99999", "\u{1B}[31m", "a\u{0}b"])
    func whatIsNoAddressIsRefused(_ typed: String) {
        #expect(SiteAddress.complaint(about: typed) != nil, "\(typed.debugDescription)")
    }
}
