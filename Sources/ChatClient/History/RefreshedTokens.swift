extension ClientConfiguration {
    /// Where tokens are kept that were got since the sign-in: beside the history, because they are of the same backend
    /// and user. `nil`: nowhere.
    public func refreshedTokensPath(in dataFolder: String?) -> String? {
        guard let dataFolder, keepsHistory else { return nil }
        return HistoryFile(self, in: dataFolder).path + ".tokens"
    }
}
