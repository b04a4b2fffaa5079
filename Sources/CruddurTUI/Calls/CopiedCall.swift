import Traces

/// Calls as a shell takes them. What was written is not traced, and cannot be written again: only reads can be copied.
enum CopiedCall {
    /// The reads of the table that a call has made, as commands of the AWS CLI; each once.
    static func aws(_ call: InspectedCall) -> String? {
        var commands: [String] = []
        for command in call.operations.compactMap(Self.aws) where !commands.contains(command) {
            commands.append(command)
        }
        return commands.isEmpty ? nil : commands.joined(separator: "\n")
    }

    private static func aws(_ step: TraceSpan) -> String? {
        guard let table = step.attributes["aws.dynamodb.table_names"]?.texts?.first,
            let condition = step.keyCondition
        else { return nil }
        var words = ["aws", "dynamodb"]
        switch step.attributes["db.operation.name"]?.text {
        case "Query":
            words += ["query", "--table-name", table]
            if let index = step.attributes["aws.dynamodb.index_name"]?.text { words += ["--index-name", index] }
            words += ["--key-condition-expression", expression(condition)]
            words += ["--expression-attribute-values", json(values(condition).map { (":\($0.name)", $0.value) })]
            if step.attributes["aws.dynamodb.scan_forward"]?.flag == false { words.append("--no-scan-index-forward") }
            // One page, as it was read.
            if let limit = step.attributes["aws.dynamodb.limit"]?.integer { words += ["--limit", "\(limit)"] }
            words.append("--no-paginate")
        case "GetItem":
            words += ["get-item", "--table-name", table, "--key", json(values(condition))]
        default:
            return nil
        }
        if step.attributes["aws.dynamodb.consistent_read"]?.flag == true { words.append("--consistent-read") }
        words += ["--return-consumed-capacity", "TOTAL"]
        return line(words)
    }

    /// A call of the API, as curl makes it. Backend and token are where the settings' variables have them.
    static func curl(_ call: InspectedCall) -> String? {
        guard call.call.attributes["http.request.method"]?.text == "GET",
            let path = call.call.attributes["url.path"]?.text, path.hasPrefix("/"), let quoted = line([path])
        else { return nil }
        return "curl --include \"$CRUDDUR_BACKEND_URL\"\(quoted)"
            + #" --header "Authorization: Bearer $CRUDDUR_TOKENS_ACCESS_TOKEN""#
    }

    // MARK: Key conditions

    private typealias Value = (name: String, value: String)

    private static func expression(_ condition: KeyCondition) -> String {
        let partition = "\(condition.attribute) = :\(condition.attribute)"
        return switch condition.sort {
        case nil: partition
        case .some(let sort) where sort.comparison == .equals: "\(partition) AND \(sort.attribute) = :\(sort.attribute)"
        case .some(let sort): "\(partition) AND begins_with(\(sort.attribute), :\(sort.attribute))"
        }
    }

    private static func values(_ condition: KeyCondition) -> [Value] {
        [(condition.attribute, condition.partition)] + (condition.sort.map { [($0.attribute, $0.value)] } ?? [])
    }

    /// As DynamoDB's JSON writes texts.
    private static func json(_ values: [Value]) -> String {
        let members = values.map { #""\#($0.name)": {"S": "\#(escaped($0.value))"}"# }
        return "{\(members.joined(separator: ", "))}"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing(#"\"#, with: #"\\"#).replacing("\"", with: #"\""#)
    }

    // MARK: A shell's words

    /// - Returns: `nil` where a word holds what is no visible character: it was not made by a server of ours.
    static func line(_ words: [String]) -> String? {
        let scalars = words.lazy.flatMap(\.unicodeScalars)
        guard scalars.allSatisfy({ (0x20..<0x7F).contains($0.value) }) else { return nil }
        return words.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        if word.wholeMatch(of: /[A-Za-z0-9_.\/:-]+/) != nil { return word }
        return "'\(word.replacing("'", with: #"'\''"#))'"
    }
}
