import Foundation

/// A file of templates, in JSON.
extension TableTemplates: Codable {
    /// Bytes; what is longer is no such file.
    private static let longest = 1 << 20

    /// A pipe is not waited for.
    ///
    /// - Throws: `TemplateFault`, with the path.
    public init(path: String) throws(TemplateFault) {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw Self.unreadable(path, errno) }
        let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        var status = stat()
        guard fstat(number, &status) == 0 else { throw Self.unreadable(path, errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Self.unreadable(path, EISDIR) }
        let data = (try? file.read(upToCount: Self.longest + 1)) ?? Data()
        guard data.count <= Self.longest else { throw TemplateFault("\(path) is longer than such a file can be") }
        do {
            try self.init(json: data)
        } catch {
            throw TemplateFault("\(path): \(error)")
        }
    }

    private static func unreadable(_ path: String, _ fault: Int32) -> TemplateFault {
        TemplateFault("\(path) cannot be read: \(String(cString: strerror(fault)))")
    }

    /// - Throws: `TemplateFault`, which says where.
    public init(json: Data) throws(TemplateFault) {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Self.self, from: json)
        } catch let fault as TemplateFault {
            throw fault
        } catch let error as DecodingError {
            throw TemplateFault(error)
        } catch {
            throw TemplateFault("\(error)")
        }
    }

    /// As a file has it.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    private enum Keys: String, CodingKey, CaseIterable {
        case table, partitionKey, sortKey, indexes, entities, patterns
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.only(Keys.self)
        table = try values.decode(String.self, forKey: .table)
        partitionKey = try values.decodeIfPresent(String.self, forKey: .partitionKey) ?? "pk"
        sortKey = try values.decodeIfPresent(String.self, forKey: .sortKey) ?? "sk"
        indexes = try values.decodeIfPresent([Index].self, forKey: .indexes) ?? []
        entities = try values.decode([Entity].self, forKey: .entities)
        patterns = try values.decodeIfPresent([Pattern].self, forKey: .patterns) ?? []
        try validate()
    }

    private func validate() throws(TemplateFault) {
        guard !entities.isEmpty else { throw TemplateFault("entities is empty") }
        guard partitionKey != sortKey else { throw TemplateFault("partition_key and sort_key are one attribute") }
        let names = Set(entities.map(\.name))
        try Self.refuseTwins(entities.map(\.name), "entities")
        try Self.refuseTwins(indexes.map(\.name), "indexes")
        try Self.refuseTwins(patterns.map { String($0.letter) }, "patterns")
        for pattern in patterns {
            for name in pattern.entities + pattern.also where !names.contains(name) {
                throw TemplateFault("pattern \(pattern.letter): there is no entity \(name)")
            }
            if let index = pattern.index, !indexes.contains(where: { $0.name == index }) {
                throw TemplateFault("pattern \(pattern.letter): there is no index \(index)")
            }
        }
    }

    private static func refuseTwins(_ names: [String], _ list: String) throws(TemplateFault) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            throw TemplateFault("\(list): \(name) stands there twice")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(table, forKey: .table)
        try values.encode(partitionKey, forKey: .partitionKey)
        try values.encode(sortKey, forKey: .sortKey)
        try values.encode(indexes, forKey: .indexes)
        try values.encode(entities, forKey: .entities)
        try values.encode(patterns, forKey: .patterns)
    }
}

extension TableTemplates.Entity: Codable {
    private enum Keys: String, CodingKey, CaseIterable {
        case name, partitionKey, sortKey
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.only(Keys.self)
        name = try values.name(.name)
        partition = try values.template(.partitionKey)
        sort = try values.template(.sortKey)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(name, forKey: .name)
        try values.encode(partition.description, forKey: .partitionKey)
        try values.encode(sort.description, forKey: .sortKey)
    }
}

extension TableTemplates.Index: Codable {
    private enum Keys: String, CodingKey, CaseIterable {
        case name, partitionKey, sortKey
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.only(Keys.self)
        name = try values.name(.name)
        partitionKey = try values.name(.partitionKey)
        sortKey = try values.decodeIfPresent(String.self, forKey: .sortKey)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(name, forKey: .name)
        try values.encode(partitionKey, forKey: .partitionKey)
        try values.encodeIfPresent(sortKey, forKey: .sortKey)
    }
}

extension TableTemplates.Pattern: Codable {
    /// What DynamoDB can be asked about items whose keys a trace tells.
    private static let known = [
        "Query", "GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
    ]

    private enum Keys: String, CodingKey, CaseIterable {
        case letter, name, operations, entities, also, index
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.only(Keys.self)
        let letter = try values.decode(String.self, forKey: .letter)
        guard letter.count == 1, let first = letter.first, first.isLetter || first.isNumber else {
            throw values.fault(.letter, "is one letter or digit, not \(letter.debugDescription)")
        }
        self.letter = first
        name = try values.name(.name)
        operations = try values.decode([String].self, forKey: .operations)
        if let other = operations.first(where: { !Self.known.contains($0) }) {
            throw values.fault(.operations, "\(other) is none of \(Self.known.joined(separator: ", "))")
        }
        entities = try values.decode([String].self, forKey: .entities)
        guard !entities.isEmpty, !operations.isEmpty else {
            throw values.fault(.entities, "a pattern has at least one operation, on one entity")
        }
        also = try values.decodeIfPresent([String].self, forKey: .also) ?? []
        index = try values.decodeIfPresent(String.self, forKey: .index)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(String(letter), forKey: .letter)
        try values.encode(name, forKey: .name)
        try values.encode(operations, forKey: .operations)
        try values.encode(entities, forKey: .entities)
        if !also.isEmpty { try values.encode(also, forKey: .also) }
        try values.encodeIfPresent(index, forKey: .index)
    }
}

// MARK: - Faults

extension KeyedDecodingContainer {
    fileprivate func name(_ key: Key) throws -> String {
        let name = try decode(String.self, forKey: key)
        guard !name.isEmpty else { throw fault(key, "is empty") }
        return name
    }

    fileprivate func template(_ key: Key) throws -> KeyTemplate {
        do {
            return try KeyTemplate(try decode(String.self, forKey: key))
        } catch let error as TemplateFault {
            throw fault(key, error.description)
        }
    }

    fileprivate func fault(_ key: Key, _ why: String) -> TemplateFault {
        TemplateFault("\((codingPath + [key]).words): \(why)")
    }
}

extension Decoder {
    /// A container that has nothing but `keys`: a slip of the pen is told, not ignored.
    fileprivate func only<Keys: CodingKey & CaseIterable>(_ keys: Keys.Type) throws -> KeyedDecodingContainer<Keys> {
        let known = Set(Keys.allCases.map(\.stringValue))
        let found = try container(keyedBy: AnyKey.self).allKeys
        if let other = found.first(where: { !known.contains($0.stringValue) }) {
            let names = Keys.allCases.map { $0.stringValue.inSnakeCase }.joined(separator: ", ")
            throw TemplateFault("\((codingPath + [other]).words): there is no such setting; there are \(names)")
        }
        return try container(keyedBy: keys)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension TemplateFault {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init("\((context.codingPath + [key]).words) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self.init("\(context.codingPath.words) is of another kind: \(context.debugDescription)")
        case .dataCorrupted(let context):
            let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            self.init("it is not JSON: \(reason ?? context.debugDescription)")
        @unknown default: self.init("\(error)")
        }
    }
}

extension [any CodingKey] {
    /// `entities[2].sort_key`
    fileprivate var words: String {
        reduce(into: "") { words, key in
            if let number = key.intValue {
                words += "[\(number)]"
            } else {
                words += (words.isEmpty ? "" : ".") + key.stringValue.inSnakeCase
            }
        }
    }
}

extension String {
    fileprivate var inSnakeCase: String {
        reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
    }
}
