/// All that is known of a message, in front of the chat.
enum DetailsScreen {
    static func draw(_ text: LongText, _ keys: Keymap, on canvas: inout Canvas) {
        let more = text.hasMore ? keys.more(in: .details) : ""
        OverlayBox.draw(
            title: tr("A message\(more)  \(keys.way(to: .choice(.close), in: .details)): close"), rows: text.seen,
            width: text.width, cursor: 0, on: &canvas)
    }
}
