import Foundation

/// What a web page's scripts tell of its backend and its user pool: all of it is somebody else's, to be shown before it
/// is used. Each list begins with the likeliest.
public struct BundleFindings: Sendable, Equatable {
    public private(set) var pools: [String] = []
    public private(set) var clients: [String] = []
    public private(set) var backends: [BackendURL] = []

    /// Where there was nothing to be found.
    public static let nothing = BundleFindings([])

    /// - Parameter texts: the page, and its scripts.
    init(_ texts: [[UInt8]]) {
        var tally = Tally()
        for text in texts { tally.read(text) }
        pools = tally.pools.best
        clients = tally.clients.best
        backends = tally.backends.best.compactMap { BackendURL($0) }
    }

    /// How likely each is; of equal ones the first that was seen goes before.
    private struct Ranking {
        private var scores: [String: Int] = [:]
        private var order: [String] = []

        mutating func add(_ text: String, _ score: Int) {
            if scores[text] == nil {
                // Thousands of them are no help to anybody.
                guard order.count < 200 else { return }
                order.append(text)
            }
            scores[text] = max(scores[text] ?? .min, score)
        }

        /// Only the likeliest, if there is one that something speaks for.
        var best: [String] {
            let ranked = order.enumerated().sorted { (-score($0.element), $0.offset) < (-score($1.element), $1.offset) }
            let top = ranked.first.map { score($0.element) } ?? 0
            return ranked.map(\.element).filter { score($0) == top && top > 0 }
        }

        private func score(_ text: String) -> Int { scores[text] ?? 0 }
    }

    private struct Tally {
        var pools = Ranking()
        var clients = Ranking()
        var backends = Ranking()

        mutating func read(_ text: [UInt8]) {
            var position = 0
            while position < text.count {
                guard Bundle.isOfWord(text[position]) else {
                    position += 1
                    continue
                }
                let begin = position
                while position < text.count, Bundle.isOfWord(text[position]) { position += 1 }
                take(begin..<position, of: text)
            }
        }

        private mutating func take(_ word: Range<Int>, of text: [UInt8]) {
            switch word.count {
            case 4, 5: takeURL(word, of: text)
            case 26: takeClient(word, of: text)
            default: break
            }
            if (10...80).contains(word.count), let pool = Bundle.pool(text[word]) { pools.add(pool, 1) }
        }

        /// Twenty-six letters and digits may be anything; beside the word "client", or near a pool, they are not.
        private mutating func takeClient(_ word: Range<Int>, of text: [UInt8]) {
            guard let client = Bundle.client(text[word]) else { return }
            let before = Bundle.around(text, word.lowerBound - 60, word.lowerBound)
            if before.contains("client") { return clients.add(client, 3) }
            let near = Bundle.around(text, word.lowerBound - 300, word.upperBound + 300)
            clients.add(client, near.contains("pool") || near.contains("cognito") ? 2 : 0)
        }

        private mutating func takeURL(_ word: Range<Int>, of text: [UInt8]) {
            guard let (url, end) = Bundle.url(text, word) else { return }
            let before = Bundle.around(text, word.lowerBound - 40, word.lowerBound)
            // What follows it, up to the next.
            let behind = Bundle.around(text, end, end + 40).components(separatedBy: "http")[0]
            var score = 0
            if behind.contains("/api/") { score += 4 }
            if ["backend_url", "backendurl", "api_url", "apiurl", "api_base", "api_endpoint"].contains(
                where: before.contains)
            {
                score += 3
            }
            if url.contains("://api.") { score += 2 }
            // What developers use on their own machines is left in many bundles.
            if let parsed = BackendURL(url), score > 0 { backends.add(url, parsed.isLoopback ? 1 : score) }
        }
    }
}

/// What stands in a bundle, byte by byte: it may be megabytes long, and of any encoding.
private enum Bundle {
    static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// In small letters, and without what is beyond the ends.
    static func around(_ text: [UInt8], _ begin: Int, _ end: Int) -> String {
        let range = max(begin, 0)..<min(max(end, 0), text.count)
        return String(decoding: text[range], as: UTF8.self).lowercased()
    }

    /// `us-east-1_aBcDeFgHi`
    static func pool(_ word: ArraySlice<UInt8>) -> String? {
        guard word.contains(UInt8(ascii: "_")), word.contains(UInt8(ascii: "-")) else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        guard text.wholeMatch(of: #/[a-z]{2}(-[a-z]+)+-[0-9]{1,2}_[0-9A-Za-z]{5,55}/#) != nil else { return nil }
        return UserPoolID(text)?.description
    }

    /// Small letters and digits, both of them, and no alphabet.
    static func client(_ word: ArraySlice<UInt8>) -> String? {
        let letters = word.count { (0x61...0x7A).contains($0) }
        let digits = word.count { (0x30...0x39).contains($0) }
        guard letters > 0, digits > 0, letters + digits == word.count else { return nil }
        let steps = zip(word, word.dropFirst()).count { $1 == $0 &+ 1 }
        return steps > 12 ? nil : String(decoding: word, as: UTF8.self)
    }

    /// The origin of the URL whose scheme stands there, and where it ends. In scripts `/` may be written `\/`.
    static func url(_ text: [UInt8], _ scheme: Range<Int>) -> (url: String, end: Int)? {
        let name = String(decoding: text[scheme], as: UTF8.self)
        guard name == "http" || name == "https" else { return nil }
        for separator in ["://", ":\\/\\/"] {
            let begin = scheme.upperBound + separator.utf8.count
            guard begin < text.count, text[scheme.upperBound..<begin].elementsEqual(separator.utf8) else { continue }
            var end = begin
            while end < text.count, end - begin < 260, isOfHost(text[end]) { end += 1 }
            guard end > begin else { return nil }
            return (name + "://" + String(decoding: text[begin..<end], as: UTF8.self), end)
        }
        return nil
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        isOfWord(byte) && byte != UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
    }
}
