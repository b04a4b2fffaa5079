import TerminalText

/// The form of a sign-in. What is secret is shown as so many dots.
enum SignInScreen {
    static func draw(_ form: SignInForm, on canvas: inout Canvas) {
        var rows: [[Cluster]] = []
        var cursor: (row: Int, column: Int)?
        for (place, field) in form.fields.enumerated() {
            let label = "\(field.label): "
            let input = field.isSecret ? dots(field.input) : field.input
            if place == form.focus, !form.isWaiting {
                cursor = (rows.count, OverlayBox.cursorColumn(label, input))
            }
            rows.append(Lines.single(label + input.text))
        }
        if !rows.isEmpty { rows.append([]) }
        rows += OverlayBox.rows(form.isWaiting ? tr("Signing in…") : form.explanation, canvas)
        OverlayBox.draw(title: tr("Sign in"), rows: rows, cursor: cursor?.column, focus: cursor?.row ?? 0, on: &canvas)
    }

    /// One for each character, with the cursor where it is.
    private static func dots(_ input: TextBuffer) -> TextBuffer {
        let before = String(decoding: input.text.utf8.prefix(input.cursor), as: UTF8.self).count
        var dots = TextBuffer(String(repeating: "•", count: input.text.count))
        dots.move(toOffset: before * "•".utf8.count)
        return dots
    }
}
