/// What terminals write when a mouse is used, in each of the forms that there are.
enum MouseReport {
    /// Units that follow these sequences and are no text: X10 and UTF-8 coordinates, and the highlighting of xterm.
    static let tails: [UInt8: Int] = [UInt8(ascii: "M"): 3, UInt8(ascii: "t"): 2, UInt8(ascii: "T"): 6]

    /// `CSI < button ; x ; y M`, `m` for a release.
    static func extended(_ sequence: ControlSequence) -> Input? {
        guard sequence.parameters.count == 3, let button = sequence.number(0), let x = sequence.number(1),
            let y = sequence.number(2)
        else { return nil }
        return mouse(button, x: x, y: y, isRelease: sequence.final == UInt8(ascii: "m"))
    }

    /// `CSI button ; x ; y M`, as urxvt writes it.
    static func decimal(_ sequence: ControlSequence) -> Input? {
        guard sequence.parameters.count == 3, let button = sequence.number(0), let x = sequence.number(1),
            let y = sequence.number(2)
        else { return nil }
        return old(button, x, y)
    }

    /// `CSI M button x y`, each with 32 added.
    static func units(_ units: [Int]) -> Input? {
        units.count == 3 ? old(units[0], units[1] - 32, units[2] - 32) : nil
    }

    /// Here a button is let go without saying which.
    private static func old(_ button: Int, _ x: Int, _ y: Int) -> Input? {
        let button = button - 32
        return mouse(button, x: x, y: y, isRelease: button & 0b110_0011 == 3)
    }

    private static func mouse(_ button: Int, x: Int, y: Int, isRelease: Bool) -> Input? {
        guard (0..<256).contains(button), x > 0, y > 0 else { return nil }
        var modifiers: Key.Modifiers = []
        if button & 4 != 0 { modifiers.insert(.shift) }
        if button & 8 != 0 { modifiers.insert(.alt) }
        if button & 16 != 0 { modifiers.insert(.control) }
        return .mouse(
            Mouse(action: action(button, isRelease: isRelease), x: x - 1, y: y - 1, modifiers: modifiers))
    }

    private static func action(_ button: Int, isRelease: Bool) -> Mouse.Action {
        switch button & 0b1110_0011 {
        case 64: .wheelUp
        case 65: .wheelDown
        case 32: .drag
        case 0: isRelease ? .release : .press
        case 3: isRelease ? .release : .other
        default: .other
        }
    }
}
