import ChatClient

/// The whole screen for a state.
enum Screen {
    static func draw(_ state: AppState) -> Canvas {
        var canvas = Canvas(width: state.size.width, height: state.size.height)
        let layout = state.layout
        GroupsScreen.draw(state, layout, on: &canvas)
        if layout.showsBoth { divider(layout, on: &canvas) }
        if !layout.conversation.isEmpty {
            TranscriptScreen.draw(state, layout, on: &canvas)
            ComposeScreen.draw(state, layout, on: &canvas)
        }
        StatusScreen.draw(state, layout, on: &canvas)
        OverlayScreen.draw(state, on: &canvas)
        return canvas
    }

    private static func divider(_ layout: Layout, on canvas: inout Canvas) {
        let x = layout.groups.upperBound
        let bottom = layout.status.isEmpty ? canvas.height : layout.status.lowerBound
        for y in 0..<bottom { canvas.put("│", x: x, y: y, style: Theme.border) }
        if layout.title.count == 2 { canvas.put("┼", x: x, y: 1, style: Theme.border) }
        if !layout.rule.isEmpty { canvas.put("├", x: x, y: layout.rule.lowerBound, style: Theme.border) }
    }
}
