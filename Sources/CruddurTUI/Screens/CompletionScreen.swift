import TerminalText

/// What may stand in the place of a word that is being written.
enum CompletionScreen {
    static func draw(_ completion: Completion, on canvas: inout Canvas) {
        let room = max(1, canvas.height - 6)
        let first = max(0, min(completion.selected - room / 2, completion.choices.count - room))
        var (lines, choices): ([[Cluster]], [Int: Int]) = ([], [:])
        for (position, choice) in completion.choices.enumerated().dropFirst(first).prefix(room) {
            choices[lines.count] = position
            let pointer = position == completion.selected ? "› " : "  "
            lines.append(Lines.single("\(pointer)\(choice.text)  \(choice.name)"))
        }
        OverlayBox.draw(
            title: completion.word, rows: lines, cursor: 0, focus: completion.selected - first, choices: choices,
            on: &canvas)
    }
}
