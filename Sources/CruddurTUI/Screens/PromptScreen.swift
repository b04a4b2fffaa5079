import ChatClient
import TerminalText

/// The question for a handle, who may be meant, and what was written while it waited for its answer.
enum PromptScreen {
    private static var label: String { tr("To @") }

    static func draw(_ prompt: Overlay.Prompt, _ state: AppState, on canvas: inout Canvas) {
        var lines = [Lines.single(label + prompt.input.text), []] + explanation(prompt, state, canvas)
        var (focus, choices): (Int, [Int: Int]) = (0, [:])
        let people = state.typeAhead.isWaiting ? [] : prompt.offered
        if !people.isEmpty { lines.append([]) }
        let room = max(1, canvas.height - 2 - lines.count)
        let first = max(0, min((prompt.chosen ?? 0) - room / 2, people.count - room))
        for (position, person) in people.enumerated().dropFirst(first).prefix(room) {
            if position == prompt.chosen { focus = lines.count }
            choices[lines.count] = position
            let pointer = position == prompt.chosen ? "› " : "  "
            lines.append(Lines.single("\(pointer)\(person.displayName) @\(person.handle)"))
        }
        lines += written(state.typeAhead, canvas)
        OverlayBox.draw(
            title: tr("New conversation"), rows: lines,
            cursor: focus > 0 ? 0 : OverlayBox.cursorColumn(label, prompt.input), focus: focus, choices: choices,
            on: &canvas)
    }

    private static func explanation(
        _ prompt: Overlay.Prompt, _ state: AppState, _ canvas: Canvas
    ) -> [[Cluster]] {
        func way(_ command: ChoiceCommand) -> String { state.keys.way(to: .choice(command), in: .prompt) }
        if let handle = state.typeAhead.handle { return [Lines.single(tr("Looking for @\(handle)…"))] }
        let text =
            prompt.problem
            ?? tr("The handle of the person, then \(way(.take)). Nothing is sent yet. \(way(.close)) goes back.")
        return OverlayBox.rows(text, canvas)
    }

    /// The first lines are enough to see that it is there.
    private static func written(_ typeAhead: TypeAhead, _ canvas: Canvas) -> [[Cluster]] {
        let text = typeAhead.text
        guard !text.isEmpty else { return [] }
        return [[]] + OverlayBox.rows(tr("Written meanwhile: \(text.prefix(400))"), canvas).prefix(4)
    }
}
