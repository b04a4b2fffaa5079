import ChatClient
import TerminalText

/// Questions on standard error, answers on standard input, a line each: from a person, or from a pipe.
struct Interview {
    /// Why it did not come to its end. Nothing is written before it does.
    enum Fault: Error, CustomStringConvertible {
        case ended
        case unreadable(String)
        case tooOften

        var description: String {
            switch self {
            case .ended: "no more answers. Nothing was written."
            case .unreadable(let reason): "an answer \(reason). Nothing was written."
            case .tooOften: "that was no answer, five times over. Nothing was written."
            }
        }
    }

    private static let tries = 5

    let input: InputLines

    init(input: InputLines = InputLines()) { self.input = input }

    func say(_ text: PrintableText) { Output.complain(text) }

    /// - Parameter complaint: what is wrong with `answer`, to stand behind it.
    func refuse(_ answer: String, _ complaint: String) { say("  \"\(BackendURL.shown(answer))\" \(complaint).") }

    /// Asks until an answer is one.
    ///
    /// - Parameters:
    ///   - standard: what an empty answer means; shown, unless it is empty itself.
    ///   - complaint: what is wrong with an answer, to stand behind it; `nil` if nothing is.
    /// - Throws: `Fault`.
    func ask(
        _ question: PrintableText, standard: String? = nil, complaint: (String) -> String?
    ) throws(Fault) -> String {
        let shown: PrintableText = standard.flatMap { $0.isEmpty ? nil : " [\($0)]" } ?? ""
        for _ in 0..<Self.tries {
            let answer = try answer(to: "\(question)\(shown): ")
            if answer.isEmpty, let standard { return standard }
            guard !answer.isEmpty else {
                say("  An answer is needed here.")
                continue
            }
            guard let complaint = complaint(answer) else { return answer }
            refuse(answer, complaint)
        }
        throw .tooOften
    }

    /// - Throws: `Fault`.
    func confirm(_ question: PrintableText, standard: Bool) throws(Fault) -> Bool {
        let choice: PrintableText = standard ? "[Y/n]" : "[y/N]"
        for _ in 0..<Self.tries {
            switch try answer(to: "\(question) \(choice) ").lowercased() {
            case "": return standard
            case "y", "yes": return true
            case "n", "no": return false
            default: say("  Answer y or n.")
            }
        }
        throw .tooOften
    }

    private func answer(to question: PrintableText) throws(Fault) -> String {
        Output.complain(question, terminator: "")
        do throws(InputLines.Fault) {
            return try input.next()
        } catch {
            // The cursor stands behind the question.
            say("")
            switch error {
            case .ended: throw .ended
            case .tooLong: throw .unreadable("is longer than 4096 bytes")
            case .notText: throw .unreadable("is not UTF-8 text")
            }
        }
    }
}
