import Synchronization

/// The file that `SSL_CERT_FILE` names. It holds some hundred certificates, so it is read when the first of them is
/// needed, and not where nobody asks a server over TLS.
final class RootsFile: Hashable, Sendable {
    let path: String
    private let looked = Mutex<Look>(.notYet)

    private enum Look {
        case notYet
        case done(problem: String?)
    }

    init(_ path: String) { self.path = path }

    /// Why it is no such file; `nil`: it is one. Looks once.
    var problem: String? {
        looked.withLock { look in
            if case .done(let problem) = look { return problem }
            let problem: String?
            do throws(TrustSettings.Complaint) {
                _ = try TrustSettings.certificates(in: path)
                problem = nil
            } catch {
                problem = "SSL_CERT_FILE: \(path) \(error.text)"
            }
            look = .done(problem: problem)
            return problem
        }
    }

    static func == (one: RootsFile, other: RootsFile) -> Bool { one.path == other.path }
    func hash(into hasher: inout Hasher) { hasher.combine(path) }
}
