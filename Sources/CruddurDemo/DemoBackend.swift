/// The demo's backend from within: its table to be looked at, and its stage.
public struct DemoBackend: Sendable {
    public let table: DemoTable
    public let stage: DemoStage
    private let world: DemoWorld

    init(_ world: DemoWorld, table: DemoTable, stage: DemoStage) {
        (self.world, self.table, self.stage) = (world, table, stage)
    }

    /// Somebody writes who has nobody at a terminal.
    ///
    /// - Throws: when that is refused.
    public func write(_ text: String, from sender: String, to recipient: String) async throws {
        try await world.write(text, from: sender, to: recipient, stage)
    }
}
