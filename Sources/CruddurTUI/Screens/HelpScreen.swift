/// The help in front of the chat.
enum HelpScreen {
    static func draw(_ text: LongText, _ keys: Keymap, on canvas: inout Canvas) {
        let more = text.hasMore ? keys.more(in: .help) : ""
        OverlayBox.draw(
            title: tr("Help\(more)  \(keys.way(to: .choice(.close), in: .help)): close"), rows: text.seen,
            width: text.width, cursor: 0, on: &canvas)
    }
}
