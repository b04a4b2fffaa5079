import Foundation

/// The desktop's secret service, through `secret-tool`: one secret under a name of ours.
struct Keyring: Sendable, Equatable {
    /// Why it does not take a secret.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case noTool
        case refused(String)

        var description: String {
            switch self {
            case .noTool:
                "tokens.keyring is true, and there is no secret-tool; install libsecret-tools, or set it to false"
            case .refused(let how):
                "the keyring did not take the tokens (secret-tool \(how)); unlock it, or set tokens.keyring to false"
            }
        }
    }

    let name: String
    let label: String
    let environment: [String: String]

    private var attributes: [String] { ["application", "cruddur", "sign-in", name] }

    /// `nil`: it has none of this name, or there is nobody to ask.
    func read() -> Data? {
        guard let answer = try? run(["lookup"] + attributes), answer.isSuccess else { return nil }
        return answer.output
    }

    /// - Throws: `Fault`.
    func write(_ secret: Data) throws(Fault) {
        // It goes through a pipe: no argument is private.
        let answer = try run(["store", "--label=\(label)"] + attributes, input: secret)
        guard answer.isSuccess else { throw .refused(answer.outcome) }
    }

    func clear() { _ = try? run(["clear"] + attributes) }

    private func run(_ arguments: [String], input: Data? = nil) throws(Fault) -> ChildProgram.Answer {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        let places = folders.map { "\($0)/secret-tool" } as [String]
        guard let tool = places.first(where: { access($0, X_OK) == 0 }) else {
            throw .noTool
        }
        do throws(ChildProgram.Fault) {
            return try ChildProgram(path: tool, arguments: arguments, environment: environment).run(input: input)
        } catch {
            throw .refused(error.description)
        }
    }
}
