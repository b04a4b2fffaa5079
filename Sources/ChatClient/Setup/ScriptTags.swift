import Foundation

/// The scripts that a page loads.
enum ScriptTags {
    /// Their addresses, those of the page's own host first: http or https, and nothing plain in a page that is not.
    static func addresses(in page: [UInt8], at address: URL) -> [URL] {
        let text = String(decoding: page, as: UTF8.self)
        var found: [URL] = []
        for match in text.matches(of: #/(?i)<(?:script|link)\b[^>]{0,2000}>/#) {
            guard let path = source(of: String(match.output)),
                let url = URL(string: path, relativeTo: address)?.absoluteURL,
                let scheme = url.scheme?.lowercased(),
                scheme == "https" || scheme == "http" && address.scheme == "http",
                url.host != nil, !found.contains(url)
            else { continue }
            found.append(url)
        }
        return found.filter { $0.host == address.host } + found.filter { $0.host != address.host }
    }

    /// Of a link, only if it is a script that is fetched ahead.
    private static func source(of tag: String) -> String? {
        let isLink = tag.lowercased().hasPrefix("<link")
        let name = isLink ? "href" : "src"
        guard !isLink || tag.lowercased().contains("modulepreload") || tag.lowercased().contains("as=\"script\"") else {
            return nil
        }
        let pattern = #/(?i)\s(src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/#
        for match in tag.matches(of: pattern) where match.1.lowercased() == name {
            let value = match.2 ?? match.3 ?? match.4
            return value.map { $0.replacingOccurrences(of: "&amp;", with: "&") }
        }
        return nil
    }
}
