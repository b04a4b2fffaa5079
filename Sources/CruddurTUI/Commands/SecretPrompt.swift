import Foundation
import Programs
import TerminalText

/// Asks for what is not to be seen, on the terminal, which shows nothing from before a question until after the last
/// answer: keys come before a question is read, and between two. Whatever ends it, the terminal is as it was.
struct SecretPrompt {
    /// Why there is no answer.
    enum Fault: Error, CustomStringConvertible {
        case interrupted
        case ended
        case tooLong
        case notText

        var description: String {
            switch self {
            case .interrupted: "interrupted; nothing was changed"
            case .ended: "no password was given; nothing was changed"
            case .tooLong: "that is longer than 4096 bytes"
            case .notText: "that is not UTF-8 text"
            }
        }
    }

    /// Bytes of an answer.
    private static let limit = 4096

    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

    private let before: termios

    /// - Throws: `Fault`, or what `questions` throws.
    static func hidden<Result>(_ questions: (SecretPrompt) throws -> Result) throws -> Result {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { throw Fault.ended }
        let guards = endings(restoring: before)
        hide(before)
        defer {
            var state = before
            tcsetattr(STDIN_FILENO, TCSADRAIN, &state)
            guards.letGo()
        }
        return try questions(SecretPrompt(before: before))
    }

    /// - Throws: `Fault`.
    func ask(_ question: PrintableText) throws(Fault) -> String {
        Output.complain(question, terminator: "")
        defer { Output.complain("") }
        return try read()
    }

    // MARK: The terminal

    /// No echo, and Ctrl-C, Ctrl-Z and Backspace are ours to deal with.
    private static func hide(_ before: termios) {
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden)
    }

    /// Signals from outside end the program as they would, when the terminal is as it was.
    private static func endings(restoring before: termios) -> CaughtSignals {
        CaughtSignals([SIGTERM, SIGHUP, SIGINT]) { number in
            var state = before
            tcsetattr(STDIN_FILENO, TCSANOW, &state)
            CaughtSignals.die(of: number)
        }
    }

    // MARK: Keys

    private func read() throws(Fault) -> String {
        var line: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .ended }
            switch byte {
            case 0x0A, 0x0D:
                guard let text = String(validating: line, as: UTF8.self) else { throw .notText }
                return text
            case 0x03, 0x1C: throw .interrupted
            case 0x04 where line.isEmpty: throw .ended
            case 0x08, 0x7F:
                // The bytes of one character.
                while let last = line.popLast(), last & 0xC0 == 0x80 {}
            case 0x15: line = []
            case 0x1A:
                var state = before
                tcsetattr(STDIN_FILENO, TCSADRAIN, &state)
                raise(SIGSTOP)
                Self.hide(before)
            case 0..<0x20: break
            default: line.append(byte)
            }
            guard line.count <= Self.limit else { throw .tooLong }
        }
    }
}
