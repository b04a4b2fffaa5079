import Foundation
import Testing
import Timestamps

@testable import AWSClient

/// AWS's own vectors: the Signature Version 4 test suite, and the example of the General Reference.
struct SignatureV4Tests {
    private static let credentials = Credentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private static let time = Timestamp("2015-08-30T12:36:00Z")!

    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var method = "GET"
        var path = "/"
        var query = ""
        var headers: [(name: String, value: String)] = []
        var body = ""
        let signature: String
    }

    private static let vectors = [
        Vector(
            testDescription: "get-vanilla",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            testDescription: "post-vanilla", method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            testDescription: "get-vanilla-query-order-key-case", query: "Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            testDescription: "get-header-key-duplicate",
            headers: [
                ("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1"),
            ], signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    ]

    @Test(arguments: vectors)
    func theTestSuitesRequestsGetItsSignatures(vector: Vector) throws {
        let signer = SignatureV4(credentials: Self.credentials, region: "us-east-1", service: "service")
        let headers = signer.headers(
            for: .init(
                method: vector.method, host: "example.amazonaws.com", path: vector.path, query: vector.query,
                headers: vector.headers, body: Data(vector.body.utf8)), at: Self.time)
        let authorization = try #require(headers.first { $0.name == "Authorization" }?.value)
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="))
        #expect(authorization.hasSuffix("Signature=" + vector.signature))
    }

    @Test func theGeneralReferencesExampleGetsItsSignature() throws {
        let signer = SignatureV4(credentials: Self.credentials, region: "us-east-1", service: "iam")
        let headers = signer.headers(
            for: .init(
                method: "GET", host: "iam.amazonaws.com", query: "Action=ListUsers&Version=2010-05-08",
                headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]), at: Self.time)
        #expect(
            headers.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        )
    }

    @Test func aSessionsTokenIsSentAndSigned() {
        let session = Credentials(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T")
        let headers = SignatureV4(credentials: session, region: "r", service: "s")
            .headers(for: .init(method: "POST", host: "h"), at: Self.time)
        #expect(headers.contains { $0.name == "X-Amz-Security-Token" && $0.value == "T" })
        #expect(headers.last?.value.contains("x-amz-security-token") == true)
    }
}
