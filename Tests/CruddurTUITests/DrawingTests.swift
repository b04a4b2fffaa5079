import ChatClient
import TerminalText
import Testing
import Timestamps

@testable import CruddurTUI

/// Screens of all sizes.
struct DrawingTests {
    @Test func everySizeDownToOneCellIsDrawn() {
        for width in 1...70 {
            for height in 1...14 {
                for pane in [AppState.Pane.groups, .conversation] {
                    for overlay in [
                        nil, Overlay.help(scroll: 3), .newConversation(.init()), .findGroup(.init(order: [])),
                        .search(.init()),
                    ] {
                        let canvas = Screen.draw(
                            Fixture.state(width, height) {
                                $0.pane = pane
                                $0.overlay = overlay
                                $0.asksToQuit = height.isMultiple(of: 2)
                                $0.drafts[Fixture.meiGroup] = TextBuffer("你好 a draft\nof two lines")
                            })
                        #expect(canvas.lines.allSatisfy { Lines.width(Lines.single($0)) <= width })
                        if let cursor = canvas.cursor {
                            #expect((0..<width).contains(cursor.x) && (0..<height).contains(cursor.y))
                        }
                    }
                }
            }
        }
    }

    @Test func aPainterThatRemembersDrawsWhatOneThatDoesNotWould() {
        var state = Fixture.state(80, 24)
        var painter = Painter()
        let keys: [Key] = [
            Key(.character("a")), .control("j"), Key(.character("你")), .control("n"), Key(.character("b")),
            Key(.escape),
            Key(.pageUp), Key(.pageUp), Key(.character("c")), .control("u"), Key(.end, .control), Key(.function(1)),
            Key(.escape), .control("q"),
        ]
        for key in keys {
            state.press(key)
            #expect(painter.draw(state) == Screen.draw(state), "after \(key)")
        }
        _ = update(&state, .snapshot(state.adding([Fixture.message(1000, "brand new", minutesAgo: -1)])))
        #expect(painter.draw(state) == Screen.draw(state))
        _ = update(&state, .resize(.init(width: 50, height: 12)))
        #expect(painter.draw(state) == Screen.draw(state))
    }
}
