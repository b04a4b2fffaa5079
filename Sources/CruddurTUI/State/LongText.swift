import CruddurDemo
import TerminalText

/// A text in front of the chat that may have more rows than there is room for.
struct LongText {
    private let rows: [[Cluster]]
    /// Cells of its widest row.
    let width: Int
    private let room: Int
    /// The first row that is seen; one that no longer has so many rows behind it is where it ends.
    private let first: Int

    /// - Parameters:
    ///   - scroll: rows above what is to be seen.
    ///   - height: rows of the chat; the frame and the last line are not for it.
    init(_ rows: [[Cluster]], scroll: Int, height: Int) {
        self.rows = rows
        width = rows.map { Lines.width($0) }.max() ?? 0
        room = max(1, height - 3)
        first = max(0, min(scroll, rows.count - room))
    }

    var seen: [[Cluster]] { Array(rows.dropFirst(first).prefix(room)) }

    var hasMore: Bool { first + room < rows.count }

    /// Where it stands `change` rows further down, as far as there are any.
    func scrolled(by change: Int) -> Int { max(0, min(first + change, rows.count - room)) }

    /// Rows that a key moves it by; `nil`: it does not.
    func change(_ command: ChoiceCommand) -> Int? {
        // A row of the page before stays in view.
        let page = max(1, room - 1)
        return switch command {
        case .up: -1
        case .down: 1
        case .pageUp: -page
        case .pageDown: page
        case .take, .close: nil
        }
    }
}

extension AppState {
    /// What is in front, if it is such a text.
    var longText: LongText? {
        func text(_ paragraphs: [String], width: Int, scroll: Int) -> LongText {
            let width = max(1, min(size.width - 4, width))
            return LongText(
                paragraphs.flatMap { Wrapping.rows(of: $0, width: width).map { Array($0) } }, scroll: scroll,
                height: size.height)
        }
        switch overlay {
        case .help(let scroll):
            return LongText(HelpText.rows(keys, in: size.width), scroll: scroll, height: size.height)
        case .details(let details):
            return text(DetailsText.paragraphs(details.entry, self), width: 76, scroll: details.scroll)
        case .calls(let choice) where choice.isOpen:
            guard let call = choice.call(in: inspector.calls) else { return nil }
            return text(
                CallWording.whole(call, localTime, prices).map(\.text), width: 110, scroll: choice.scroll)
        case .row(let choice):
            guard let row = choice.opened else { return nil }
            return text(
                row.json.split(separator: "\n").map(String.init), width: size.width, scroll: choice.scroll)
        default: return nil
        }
    }

    /// - Parameter place: the first row of such a text that is to be seen.
    mutating func scrollText(to place: Int) {
        switch overlay {
        case .help: overlay = .help(scroll: place)
        case .details(var details):
            details.scroll = place
            overlay = .details(details)
        case .calls(var choice):
            choice.scroll = place
            overlay = .calls(choice)
        case .row(var choice):
            choice.scroll = place
            overlay = .row(choice)
        default: break
        }
    }
}
