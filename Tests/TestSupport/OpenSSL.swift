import ChildProcesses
import Foundation

/// Certificates made by the openssl program, in a folder of a test's own.
public struct OpenSSL: Sendable {
    private let folder: TemporaryFolder

    public init() throws {
        folder = try TemporaryFolder()
        let configuration = """
            [ca]
            default_ca = own
            [own]
            dir = \(folder.path)
            database = \(folder.path)/index
            new_certs_dir = \(folder.path)
            rand_serial = yes
            default_md = sha256
            policy = any
            copy_extensions = copy
            unique_subject = no
            [any]
            commonName = supplied
            """
        try configuration.write(toFile: file("ca.cnf"), atomically: true, encoding: .utf8)
        try "".write(toFile: file("index"), atomically: true, encoding: .utf8)
    }

    public func file(_ name: String) -> String { folder.path + "/" + name }

    /// An issuer: `NAME.pem` and `NAME.key`.
    @discardableResult
    public func makeIssuer(_ name: String, from: String = "20200101000000Z", until: String = "20990101000000Z")
        throws -> String
    {
        try makeRequest(name, subject: name)
        try sign(
            name, ["-selfsign", "-keyfile", file("\(name).key"), "-extensions", "issuer"], from, until,
            extensions: "[issuer]\nbasicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n")
        return file("\(name).pem")
    }

    /// A server's or client's certificate: `NAME.pem`, with `NAME.key`.
    ///
    /// - Parameters:
    ///   - hosts: `DNS:api.example,IP:127.0.0.1`
    ///   - issuer: `nil`: signed by itself.
    @discardableResult
    public func make(
        _ name: String, for hosts: String, by issuer: String?, from: String = "20200101000000Z",
        until: String = "20990101000000Z"
    ) throws -> String {
        try makeRequest(name, subject: name)
        let signer =
            issuer.map { ["-cert", file("\($0).pem"), "-keyfile", file("\($0).key")] }
            ?? ["-selfsign", "-keyfile", file("\(name).key")]
        try sign(name, signer + ["-extensions", "own"], from, until, extensions: "[own]\nsubjectAltName=\(hosts)\n")
        return file("\(name).pem")
    }

    private func makeRequest(_ name: String, subject: String) throws {
        try run([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
            file("\(name).key"), "-out", file("\(name).csr"), "-subj", "/CN=\(subject)",
        ])
    }

    private func sign(_ name: String, _ signer: [String], _ from: String, _ until: String, extensions: String) throws {
        try extensions.write(toFile: file("\(name).ext"), atomically: true, encoding: .utf8)
        try run(
            [
                "ca", "-batch", "-notext", "-config", file("ca.cnf"), "-in", file("\(name).csr"), "-out",
                file("\(name).pem"),
            ]
                + ["-startdate", from, "-enddate", until, "-extfile", file("\(name).ext")] + signer)
    }

    private func run(_ arguments: [String]) throws {
        let (ending, said) = try outcome(of: "/usr/bin/openssl", arguments, errors: true)
        guard ending == .exit(0) else {
            throw OpenSSLError(description: "openssl \(arguments[0]): \(String(decoding: said, as: UTF8.self))")
        }
    }
}

struct OpenSSLError: Error, CustomStringConvertible {
    let description: String
}
