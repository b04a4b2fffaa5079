import Foundation
import NIOSSL
import SwiftASN1
import Timestamps
import X509

/// What a certificate says. All of it is what somebody else wrote.
public struct CertificateFacts: Hashable, Sendable {
    /// For whom it was made: the common name, or all that it says.
    public let subject: String
    /// By whom.
    public let issuer: String
    /// The hosts and addresses that it is for.
    public let names: [String]
    public let validFrom: Timestamp
    public let validUntil: Timestamp
    /// It is its own issuer.
    public let isSelfSigned: Bool

    /// For whom it is: its names; of one that has none, its subject.
    var hosts: [String] { names.isEmpty ? [subject] : names }

    /// `nil` for what cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes(), let read = try? Certificate(derEncoded: bytes) else {
            return nil
        }
        subject = Self.name(read.subject)
        issuer = Self.name(read.issuer)
        isSelfSigned = read.subject == read.issuer
        validFrom = Timestamp(seconds: read.notValidBefore.timeIntervalSince1970)
        validUntil = Timestamp(seconds: read.notValidAfter.timeIntervalSince1970)
        let alternatives = (try? read.extensions.subjectAlternativeNames).flatMap { $0 }.map(Array.init) ?? []
        names = alternatives.compactMap { name in
            switch name {
            case .dnsName(let host): host
            case .ipAddress(let address): Self.address(Array(address.bytes))
            default: nil
            }
        }
    }

    private static func name(_ name: DistinguishedName) -> String {
        for part in name {
            for attribute in part where attribute.type == .RDNAttributeType.commonName {
                return "\(attribute.value)"
            }
        }
        return "\(name)"
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isWritten = text.withUnsafeMutableBytes { text in
            text.withMemoryRebound(to: CChar.self) { text in
                inet_ntop(family, bytes, text.baseAddress, socklen_t(text.count)) != nil
            }
        }
        return isWritten ? String(decoding: text.prefix { $0 != 0 }, as: UTF8.self) : nil
    }
}
