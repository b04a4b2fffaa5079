import Traces

/// Where stream records come from, and where a consumer remembers how far it has read.
public protocol StreamSource: Sendable {
    /// At most `limit` records behind `sequence`, oldest first.
    ///
    /// - Throws: `TableError.unavailable`.
    func records(after sequence: String?, limit: Int) async throws -> [StreamRecord]

    /// The sequence number of the last record that `consumer` is done with; `nil` at first.
    ///
    /// - Throws: `TableError.unavailable`.
    func checkpoint(of consumer: String) async throws -> String?

    /// - Throws: `TableError.unavailable`.
    func setCheckpoint(_ sequence: String, of consumer: String) async throws

    /// One element at once, then one whenever there may be new records.
    func newRecords() -> Changes
}
