extension String {
    /// Whether both are the same, code point by code point.
    ///
    /// `==` takes texts for one that are canonically equivalent (Unicode, UAX #15): a kelvin sign for a K, `é` for `e` and
    /// its accent. To a server those are two: two people's handles, two texts.
    package func isExactly(_ other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}
