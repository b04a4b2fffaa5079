/// Which word was meant by one that is none.
package enum Nearness {
    /// `nil`: none is near enough.
    package static func nearest(to word: String, among words: [String]) -> String? {
        let near = words.map { (word: $0, distance: distance(Array(word.prefix(40)), Array($0))) }
            .min { $0.distance < $1.distance }
        return near.flatMap { $0.distance <= max(1, $0.word.count / 3) ? $0.word : nil }
    }

    /// How many letters are to be put in, left out or changed.
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        var row = Array(0...other.count)
        for (index, character) in one.enumerated() {
            var next = [index + 1]
            for column in other.indices {
                next.append(
                    min(next[column] + 1, row[column + 1] + 1, row[column] + (character == other[column] ? 0 : 1)))
            }
            row = next
        }
        return row[other.count]
    }
}
