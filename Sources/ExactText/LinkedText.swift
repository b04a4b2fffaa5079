extension [String] {
    /// What `joined` gives. That is made for any collection, and to be called for the first time takes it a twentieth of what
    /// there is before the first screen.
    package func linked(by separator: String = "") -> String {
        var text = first ?? ""
        for part in dropFirst() { text += separator + part }
        return text
    }
}
