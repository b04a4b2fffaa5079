import ArgumentParser
import CProcess
import Foundation
import TerminalText

/// An error that scripts tell by the code with which the program ends.
package protocol ExitCoded: Error {
    var exitCode: Int32 { get }
}

/// What a command line without a command's name is for. It is read alone, as far as it can be, and not at all where it has no
/// word: looking at all the others would take longer than the rest of the start.
package struct UsualCommand: Sendable {
    fileprivate let type: any ParsableCommand.Type
    fileprivate let runWithoutWords: @Sendable () throws -> Void

    /// - Parameter runWithoutWords: runs what reading no words gives, on the program's first thread.
    package init(_ type: any ParsableCommand.Type, runWithoutWords: @escaping @Sendable () throws -> Void) {
        self.type = type
        self.runWithoutWords = runWithoutWords
    }
}

extension AsyncParsableCommand {
    /// Runs the command line from its start to its end, and ends the process. The first thread only waits, unless the usual
    /// command wants it.
    ///
    /// In place of ArgumentParser's own `main`, which prints errors as they come. Here whatever is
    /// said, help and errors too, goes through the door for remote text, and output that could not be
    /// written is an error: exit code 1 and a sentence, or 141 and none if its reader has gone.
    ///
    /// - Parameters:
    ///   - usual: what a command line without a command's name is for.
    ///   - topics: what `help NAME` tells beside the commands.
    package static func runProgram(
        usual: UsualCommand? = nil, _ topics: () -> [HelpTopic]
    ) -> Never {
        process_keep_secrets()
        var code: Int32 = 0
        do {
            try FileLimit.prepare()
            if let topic = try asked(for: topics) {
                try Output.line(PrintableText(lines: topic.text))
                Foundation.exit(finished(code))
            }
            if let usual, CommandLine.arguments.count == 1 {
                try usual.runWithoutWords()
            } else {
                try AwaitedTask { try await runCommandLine(usual) }.wait()
            }
        } catch {
            code = report(error)
        }
        Foundation.exit(finished(code))
    }

    private static func runCommandLine(_ usual: UsualCommand?) async throws {
        var command: any ParsableCommand =
            if let short = alone(usual) { short } else { try await asyncParseAsRoot(nil) }
        if var command = command as? any AsyncParsableCommand {
            try await command.run()
        } else {
            try command.run()
        }
    }

    /// `nil`: the command line says something else, or asks for help, or cannot be read: what to say then, all of the
    /// program knows.
    private static func alone(_ usual: UsualCommand?) -> (any ParsableCommand)? {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let usual, let first = words.first, first.hasPrefix("-"), let command = try? usual.type.parseAsRoot(words)
        else { return nil }
        // What asks for help is read as another command.
        return type(of: command) == usual.type ? command : nil
    }

    /// The topic that the command line asks for; `nil`: it asks for something else.
    ///
    /// - Throws: `ValidationError` if it asks for the help of what is neither topic nor command.
    private static func asked(for topics: () -> [HelpTopic]) throws -> HelpTopic? {
        let words = CommandLine.arguments.dropFirst()
        guard words.count == 2, words.first == "help", let name = words.last, !name.hasPrefix("-") else { return nil }
        if let topic = topics().first(where: { $0.name == name }) { return topic }
        guard configuration.subcommands.contains(where: { $0._commandName == name }) || name == "help" else {
            throw ValidationError("There is no command and no topic \(name); \(_commandName) --help lists them.")
        }
        return nil
    }

    /// - Returns: the exit code.
    private static func report(_ error: any Error) -> Int32 {
        if let fault = error as? OutputFault { return report(fault) }
        let message = PrintableText(lines: fullMessage(for: error))
        let code = (error as? any ExitCoded)?.exitCode ?? exitCode(for: error).rawValue
        if code != 0, !message.text.isEmpty { Output.complain(message) }
        if code == 0 {
            do { try Output.line(message) } catch { return report(error) }
        }
        return code
    }

    private static func report(_ fault: OutputFault) -> Int32 {
        if !fault.isReaderGone { Output.complain("Error: \(fault)") }
        return fault.exitCode
    }

    /// What was printed must have arrived before the program says that all is well.
    ///
    /// - Parameter code: what the command ended with.
    private static func finished(_ code: Int32) -> Int32 {
        Output.flushLog()
        do {
            try Output.flush()
            return code
        } catch let fault as OutputFault where code == 0 || code != fault.exitCode {
            return report(fault)
        } catch {
            return code
        }
    }
}
