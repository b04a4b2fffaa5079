/// What a scalar is to a terminal.
enum ScalarClass {
    /// What stands for `scalar` on screen; `nil`: nothing does.
    static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)
        case 0x7F: "\u{2421}"
        // C1 controls; bidi embeddings, overrides and isolates; deprecated format characters.
        case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x206F: "\u{FFFD}"
        // Bidi marks and zero-width spaces: the text around them stays as it is.
        case 0x61C, 0x200B, 0x200E, 0x200F, 0x2060...0x2064, 0xFEFF, 0xAD, 0x180E: nil
        // Controls of single scripts that have no picture.
        case 0x13430...0x1343F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A: nil
        // Interlinear annotations, noncharacters.
        case 0xFFF9...0xFFFB, 0xFDD0...0xFDEF: "\u{FFFD}"
        case let value where value & 0xFFFE == 0xFFFE: "\u{FFFD}"
        case 0x2028, 0x2029: " "
        default: scalar
        }
    }

    /// 0, 1 or 2 cells.
    static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        if isInvisible(scalar) || isMark(scalar) || isJamoTail(scalar) { return 0 }
        return isWide(scalar.value) || isReservedPicture(scalar) ? 2 : 1
    }

    /// Drawn over the letter before it.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Joiners, selectors and tags: part of a cluster, with no picture.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C, 0x200D, 0xFE00...0xFE0F, 0xE0000...0xE0FFF: true
        default: false
        }
    }

    static func isRegional(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }

    static func isSkinTone(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F3FB...0x1F3FF).contains(scalar.value)
    }

    /// Joiner, skin tone, selector, or tag.
    static func joinsEmoji(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200D, 0xFE0F, 0xE0020...0xE007F: true
        default: isSkinTone(scalar)
        }
    }

    /// Vowels and finals of Hangul, drawn within the leading consonant's two cells.
    static func isJamoTail(_ scalar: Unicode.Scalar) -> Bool {
        (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value)
    }

    /// Where Unicode will put pictures that it has not yet: they will be as wide as their neighbours.
    static func isReservedPicture(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF:
            scalar.properties.generalCategory == .unassigned
        default: false
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        var (low, high) = (0, WideRanges.ranges.count - 1)
        while low <= high {
            let middle = (low + high) / 2
            let range = WideRanges.ranges[middle]
            if value < range.0 {
                high = middle - 1
            } else if value > range.1 {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }
}
