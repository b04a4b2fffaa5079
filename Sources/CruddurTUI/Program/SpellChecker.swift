import ChatClient
import ChildProcesses
import Foundation
import TerminalText

/// Whatever program with dictionaries this machine has: `aspell`, else `hunspell`, or one of one's own that speaks as they
/// do. It is started for the words of a pause in typing, and gone a moment later.
enum SpellChecker {
    /// Of one answer; a program that says more says nothing of use.
    private static let longestAnswer = 1 << 20

    /// - Parameter words: without whitespace.
    /// - Returns: what it says of each.
    static func verdicts(on words: [String], _ settings: SpellingSettings) async -> Result<
        [String: SpellVerdict], SpellFault
    > {
        guard let language = settings.language else { return .success([:]) }
        var reasons: [String] = []
        for program in programs(language, settings.command) {
            do throws(SpellFault) {
                return .success(try await ask(program, about: words))
            } catch {
                reasons.append(error.description)
            }
        }
        return .failure(SpellFault(description: reasons.joined(separator: "; ")))
    }

    /// From now on it is right, also the next time.
    ///
    /// - Returns: why it is not; `nil`: it is.
    static func learn(_ word: String, _ settings: SpellingSettings) async -> SpellFault? {
        guard let language = settings.language else { return nil }
        var reasons: [String] = []
        for program in programs(language, settings.command) {
            do throws(SpellFault) {
                // Into the person's own dictionary, and that onto the disk.
                _ = try await answer(of: program, to: ["*\(plain(word))", "#"])
                return nil
            } catch {
                reasons.append(error.description)
            }
        }
        return SpellFault(description: reasons.joined(separator: "; "))
    }

    private static func programs(_ language: String, _ command: String?) -> [[String]] {
        if let command { return [["/bin/sh", "-c", command]] }
        return [
            ["/usr/bin/env", "aspell", "-a", "--lang=\(language)", "--encoding=utf-8", "--sug-mode=fast"],
            ["/usr/bin/env", "hunspell", "-a", "-d", language, "-i", "UTF-8"],
        ]
    }

    private static func ask(
        _ program: [String], about words: [String]
    ) async throws(SpellFault) -> [String: SpellVerdict] {
        // The mark before each says that it is no command for the program itself.
        try verdicts(name(program), on: words, await answer(of: program, to: words.map { "^\(plain($0))" }))
    }

    /// As it stands in dictionaries.
    private static func plain(_ word: String) -> String { word.replacing("’", with: "'") }

    private static func name(_ program: [String]) -> String {
        program[0] == "/bin/sh" ? "spelling.command" : program[1]
    }

    private static func answer(of program: [String], to lines: [String]) async throws(SpellFault) -> String {
        let name = name(program)
        let environment = ChildProgram.withoutSecrets(ProcessVariables.all)
        do {
            let input = try NamelessFile(lines.map { "\($0)\n" }.joined())
            defer { input.end() }
            let (output, errors) = (try NamelessFile(), try NamelessFile())
            defer {
                output.end()
                errors.end()
            }
            let ending = try await ChildProcess(
                program[0], Array(program.dropFirst()), environment: environment,
                input: .file(descriptor: input.descriptor), output: .file(descriptor: output.descriptor),
                errors: .file(descriptor: errors.descriptor)
            ).endOrBeEnded()
            if ending == .exit(127), name == program[1] { throw SpellFault(description: "there is no \(name) here") }
            guard ending == .exit(0) else { throw fault(name, ending, errors.text(atMost: 2_000)) }
            return output.text(atMost: longestAnswer)
        } catch let fault as SpellFault {
            throw fault
        } catch {
            throw SpellFault(description: "\(name): \(error)")
        }
    }

    private static func fault(_ name: String, _ ending: ChildProcess.Ending, _ said: String) -> SpellFault {
        let first = said.split(whereSeparator: \.isNewline).first.map { "\(PrintableText(line: String($0)))" }
        return SpellFault(description: "\(name): \(first ?? "it ended with \(ending.code)")")
    }

    /// A line that says who answers, then for each word its lines and an empty one.
    private static func verdicts(
        _ name: String, on words: [String], _ answer: String
    ) throws(SpellFault) -> [String: SpellVerdict] {
        var lines = answer.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        guard lines.popFirst()?.hasPrefix("@") == true else {
            throw SpellFault(description: "\(name) does not answer as ispell -a does")
        }
        var verdicts: [String: SpellVerdict] = [:]
        for word in words {
            let own = lines.prefix { !$0.isEmpty }
            guard lines.count > own.count else {
                throw SpellFault(description: "\(name) has answered of \(verdicts.count) of \(words.count) words")
            }
            lines = lines.dropFirst(own.count + 1)
            // A word that it takes for several is wrong if one of these is.
            let said = own.compactMap { SpellVerdict(line: $0) }
            verdicts[word] = said.first { $0 != .right } ?? .right
        }
        return verdicts
    }
}
