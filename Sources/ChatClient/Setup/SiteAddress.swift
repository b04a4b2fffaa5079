import Foundation

/// An address as people give it: of a page or of a backend, with or without `https://`.
public struct SiteAddress: Sendable, Equatable, CustomStringConvertible {
    public let url: BackendURL

    public var description: String { url.description }

    /// Why a text is none: to stand behind it.
    public struct Complaint: Error, Sendable {
        public let text: String
    }

    /// What stands behind a page's path is left out.
    ///
    /// - Throws: `Complaint`.
    public init(_ text: String) throws(Complaint) {
        let place = text.prefix { $0 != "?" && $0 != "#" }
        let host = place.prefix { $0 != ":" && $0 != "/" }.lowercased()
        let isOwn = host == "localhost" || host.hasPrefix("127.") || host.hasPrefix("[::1]")
        let whole = place.contains("://") ? String(place) : (isOwn ? "http://" : "https://") + place
        do {
            url = try BackendURL(parsing: whole)
        } catch {
            throw Complaint(text: "\(error)")
        }
    }

    /// What is wrong with `text`; `nil` if nothing is.
    public static func complaint(about text: String) -> String? {
        do throws(Complaint) {
            _ = try SiteAddress(text)
            return nil
        } catch {
            return error.text
        }
    }

    var asURL: URL? { URL(string: url.description + (url.path.isEmpty ? "/" : "")) }
}
