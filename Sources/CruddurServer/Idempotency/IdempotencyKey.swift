import HTTPTypes
import RawStructuredFieldValues

/// What a client names a request by, so that it may make it again: of two with the same key, one is carried out.
/// Source: IETF draft "The Idempotency-Key HTTP Header Field"; RFC 8941, Strings.
package struct IdempotencyKey: Hashable, Sendable {
    /// Characters. A sort key of DynamoDB holds 1,024 bytes, and an item of less than 1 kB costs one unit.
    static let longest = 255
    static let header = HTTPField.Name("Idempotency-Key")!

    let text: String

    /// `nil` where the request has none.
    ///
    /// - Throws: `RequestError.malformedKey`; also for two of them.
    init?(_ headers: HTTPFields) throws(RequestError) {
        guard let written = headers[Self.header] else { return nil }
        var parser = StructuredFieldValueParser(Array(written.utf8))
        guard let item = try? parser.parseItemFieldValue(), case .string(let text) = item.rfc9651BareItem,
            text.utf8.count <= Self.longest, text.contains(where: { $0 != " " })
        else { throw .malformedKey }
        self.text = text
    }
}
