/// Joiners, selectors and tags within a cluster. One that joins nothing there is taken out: a terminal would join what
/// comes next, which stands in a cell of its own here.
enum Joining {
    static func withoutIdle(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard scalars.contains(where: ScalarClass.isInvisible) else { return scalars }
        let isTagged = scalars.first == "\u{1F3F4}" && scalars.last == "\u{E007F}"
        var kept: [Unicode.Scalar] = []
        for (position, scalar) in scalars.enumerated() {
            let next = position + 1 < scalars.count ? scalars[position + 1] : nil
            if !ScalarClass.isInvisible(scalar) || joins(scalar, kept, next, isTagged: isTagged) { kept.append(scalar) }
        }
        // What it joined may be gone, with other joiners.
        while let last = kept.last, last == "\u{200D}" || last == "\u{200C}" { kept.removeLast() }
        return kept
    }

    private static func joins(
        _ scalar: Unicode.Scalar, _ before: [Unicode.Scalar], _ next: Unicode.Scalar?, isTagged: Bool
    ) -> Bool {
        guard let last = before.last else { return false }
        switch scalar.value {
        case 0x200D: return next.map { joins(before, $0) } ?? false
        case 0x200C: return next != nil
        case 0xFE0E, 0xFE0F: return isPicture(last) || (isKey(last) && next == "\u{20E3}")
        // Variants of ideographs.
        case 0xFE00...0xFE0D, 0xE0100...0xE01EF: return last.properties.isIdeographic
        case 0xE0020...0xE007F: return isTagged
        default: return false
        }
    }

    /// Emoji join emoji, and letters of India join letters.
    private static func joins(_ before: [Unicode.Scalar], _ next: Unicode.Scalar) -> Bool {
        let base = before.last {
            !ScalarClass.isInvisible($0) && !ScalarClass.isSkinTone($0) && !ScalarClass.isMark($0)
        }
        guard let base else { return false }
        if isPicture(next) { return isPicture(base) }
        return next.properties.generalCategory == .otherLetter && base.properties.generalCategory == .otherLetter
    }

    private static func isPicture(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x7F && (scalar.properties.isEmoji || ScalarClass.isReservedPicture(scalar))
    }

    private static func isKey(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "#" || scalar == "*" || ("0"..."9").contains(scalar)
    }
}
