import Foundation
import TestSupport
import Testing

@testable import CruddurTUI

/// Writing in an editor of one's own.
struct EditorTests {
    private func run(_ editor: String?, on text: String, visual: String? = nil) -> Result<String, Editor.Fault> {
        var environment = ["PATH": "/usr/bin:/bin"]
        (environment["EDITOR"], environment["VISUAL"]) = (editor, visual)
        return Editor.run(on: text, environment: environment)
    }

    @Test(arguments: ["", "hello", "two\nlines", "早上好 👩‍💻", "ends with one\n", "\u{0}\u{1B}[2J"])
    func whatIsNotChangedComesBackAsItWas(text: String) {
        #expect(run("true", on: text) == .success(text))
    }

    @Test func whatIsWrittenComesBackWithoutTheLastLinesEnd() {
        #expect(run("sed -i s/hello/goodbye/", on: "hello there") == .success("goodbye there"))
        #expect(run("false", on: "", visual: "sh -c 'printf \"new\\n\\n\" > \"$0\"'") == .success("new\n"))
    }

    @Test(arguments: [
        ("no-such-editor", "There is no editor no-such-editor here"), ("false", "false ended with 1"),
        ("sh -c 'kill -9 $$'", "ended with 137"), ("rm", "there is no such file"),
        ("sh -c 'printf \"\\377\" > \"$0\"'", "is no UTF-8"),
        ("sh -c 'head -c 2000000 /dev/zero > \"$0\"'", "larger than"),
    ])
    func whereNothingComesBackItIsSaidWhy(editor: String, reason: String) {
        let fault = #expect(throws: Editor.Fault.self) { try run(editor, on: "kept").get() }
        #expect(fault?.description.contains(reason) == true, "\(editor): \(fault?.description ?? "")")
    }

    @Test func whatWasWrittenIsNotLostWithAnEditorThatFails() throws {
        let fault = #expect(throws: Editor.Fault.self) {
            try run("sh -c 'echo precious > \"$0\"; exit 3'", on: "before").get()
        }
        let path = try #require(fault?.description.split(separator: " ").last.map(String.init))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious\n")
        try FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    @Test func nothingOfItStaysBehindAndOnlyItsOwnerReadsIt() throws {
        let folder = try TemporaryFolder()
        let editor = "sh -c 'stat -c %a \"$0\" > \(folder.path)/rights; dirname \"$0\" > \(folder.path)/place'"
        _ = run(editor, on: "secret")
        func content(_ name: String) throws -> String {
            try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        #expect(try content("rights") == "600")
        #expect(!FileManager.default.fileExists(atPath: try content("place")))
    }

    // MARK: The keys

    @Test func twoKeysLeadToItAndWhatComesBackCanBeUndone() {
        var state = Fixture.state(80, 24)
        state.type("hello")
        #expect(state.press(.control("x")).isEmpty && state.notice?.text == "Ctrl-X …")
        #expect(state.press(.control("e")).contains(.terminal(.edit("hello", in: Fixture.meiGroup))))
        _ = update(&state, .edited(.success("hello\r\nworld"), in: Fixture.meiGroup))
        #expect(state.draft.text == "hello\nworld")
        state.press(.control("_"))
        #expect(state.draft.text == "hello")
        _ = update(&state, .edited(.failure(.init(description: "vi ended with 1")), in: Fixture.meiGroup))
        #expect(state.draft.text == "hello" && state.notice?.text == "vi ended with 1: the text is as it was.")
    }

    @Test func theFirstOfTwoKeysTakesNoOtherKeyAway() {
        var state = Fixture.state(80, 24)
        #expect(state.press(.control("x"), .control("q")).contains(.quit))
        // A letter is neither a command nor text.
        state.press(.control("x"), Key(.character("e")))
        #expect(state.draft.isEmpty && state.notice?.text == "Ctrl-X e means nothing.")
        state.type("e")
        #expect(state.draft.text == "e")
        // Where nothing takes two keys, none is waited for.
        state.press(Key(.function(1)))
        state.press(.control("x"))
        #expect(state.begun == nil)
    }
}
