import Foundation
import NIOSSL

/// Whose certificates are accepted, and the one that is shown to servers who ask for it.
public struct TrustSettings: Hashable, Sendable {
    /// What is wrong with a file: to stand behind its path.
    public struct Complaint: Error, Hashable, Sendable {
        public let text: String
        /// Whether it is about the private key.
        public var isOfKey = false
    }

    private enum Roots: Hashable, Sendable {
        case system
        case file(RootsFile)
    }

    private struct Identity: Hashable, Sendable {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey

        func enter(_ configuration: inout TLSConfiguration) {
            configuration.certificateChain = chain.map(NIOSSLCertificateSource.certificate)
            configuration.privateKey = .privateKey(key)
        }
    }

    private var roots: Roots
    private var additional: [NIOSSLCertificate] = []
    private var identity: Identity?

    /// Those of the system; of `SSL_CERT_FILE` in their place, as other programs have it.
    public static func of(_ environment: [String: String]) -> TrustSettings {
        guard let path = environment["SSL_CERT_FILE"], !path.isEmpty else { return TrustSettings(roots: .system) }
        return TrustSettings(roots: .file(RootsFile(path)))
    }

    /// Accepts also what the certificates in a PEM file have signed, or are.
    public mutating func accept(filed path: String) throws(Complaint) {
        additional += try Self.certificates(in: path)
    }

    /// Shows this certificate to servers who ask for one.
    ///
    /// - Parameters:
    ///   - certificate: a PEM file: the certificate, then those that it rests on.
    ///   - key: a PEM file with its private key, which may be the same file.
    public mutating func show(certificate: String, key: String) throws(Complaint) {
        let chain = try Self.certificates(in: certificate)
        let identity = Identity(chain: chain, key: try Self.key(in: key))
        self.identity = identity
        var alone = TLSConfiguration.makeClientConfiguration()
        alone.trustRoots = .certificates([])
        identity.enter(&alone)
        do {
            _ = try NIOSSLContext(configuration: alone)
        } catch {
            throw Complaint(text: "does not belong to the certificate in \(certificate)", isOfKey: true)
        }
    }

    /// Why nothing can be trusted; `nil`: something can. Reads a file when it is asked for the first time.
    var problem: String? {
        if case .file(let file) = roots { file.problem } else { nil }
    }

    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if case .file(let file) = roots { configuration.trustRoots = .file(file.path) }
        if !additional.isEmpty { configuration.additionalTrustRoots = [.certificates(additional)] }
        identity?.enter(&configuration)
        return configuration
    }

    // MARK: Files

    static func certificates(in path: String) throws(Complaint) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
            throw Complaint(text: "holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")
        }
        return found
    }

    private static func key(in path: String) throws(Complaint) -> NIOSSLPrivateKey {
        let bytes: [UInt8]
        do {
            bytes = try read(path)
        } catch {
            throw Complaint(text: error.text, isOfKey: true)
        }
        guard !String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED") else {
            throw Complaint(
                text: "holds a key with a passphrase; one without is needed, in a file for you alone", isOfKey: true)
        }
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw Complaint(
                text: "holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----", isOfKey: true)
        }
        return key
    }

    private static let largestFile = 8 << 20

    private static func read(_ path: String) throws(Complaint) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Complaint(text: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { try? file.close() }
        do {
            let content = try file.read(upToCount: Self.largestFile) ?? Data()
            return Array(content)
        } catch {
            throw Complaint(text: "cannot be read")
        }
    }
}
