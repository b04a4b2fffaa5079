/// What DynamoDB takes for a unit on demand. In US dollars for a million, us-east-1, November 2025; other
/// regions take up to twice that. Source: aws.amazon.com/dynamodb/pricing/on-demand.
public enum CapacityPrice {
    /// Which prices these are.
    public static let of = "prices of us-east-1, November 2025"
    public static let read = 0.125
    public static let write = 0.625

    /// In dollars.
    public static func dollars(readUnits: Double, writeUnits: Double) -> Double {
        (readUnits * read + writeUnits * write) / 1_000_000
    }
}
