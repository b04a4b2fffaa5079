import TerminalText

/// The question for a handle, and what was written while it waited for its answer.
enum PromptScreen {
    private static let label = "To @"

    static func draw(_ prompt: Overlay.Prompt, _ typeAhead: TypeAhead, on canvas: inout Canvas) {
        let lines =
            [Lines.single(label + prompt.input.text), []] + explanation(prompt, typeAhead, canvas)
            + written(typeAhead, canvas)
        OverlayBox.draw(
            title: "New conversation", rows: lines, cursor: OverlayBox.cursorColumn(label, prompt.input), on: &canvas)
    }

    private static func explanation(
        _ prompt: Overlay.Prompt, _ typeAhead: TypeAhead, _ canvas: Canvas
    ) -> [[Cluster]] {
        if let handle = typeAhead.handle { return [Lines.single("Looking for @\(handle)…")] }
        let text =
            prompt.problem ?? "The handle of the person, then Enter. Nothing is sent yet. Esc goes back."
        return OverlayBox.rows(text, canvas)
    }

    /// The first lines are enough to see that it is there.
    private static func written(_ typeAhead: TypeAhead, _ canvas: Canvas) -> [[Cluster]] {
        let text = typeAhead.text
        guard !text.isEmpty else { return [] }
        return [[]] + OverlayBox.rows("Written meanwhile: \(text.prefix(400))", canvas).prefix(4)
    }
}
