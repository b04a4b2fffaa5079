extension ChatSession {
    /// Whose handle or name begins so, as far as the server tells; one that tells nobody is not asked again.
    public func people(beginning text: String) async -> [UserShort] {
        guard tellsPeople else { return [] }
        do {
            guard let people = try await api.users(beginning: text) else {
                tellsPeople = false
                return []
            }
            return people
        } catch {
            return []
        }
    }
}
