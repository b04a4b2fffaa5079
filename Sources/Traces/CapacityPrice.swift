/// What DynamoDB takes for units on demand in a region, for tables of the standard class.
public struct CapacityPrice: Hashable, Sendable {
    /// `eu-central-1`
    public let region: String
    /// US dollars for a million read request units, and for a million write request units.
    public let read: Double
    public let write: Double

    /// When these were the prices.
    public static let date = "September 2026"
    /// Where it is not known which region it is.
    public static let standard = CapacityPrice(region: "us-east-1", read: 0.125, write: 0.625)
    /// Those that are known, by name.
    public static let regions = table.keys.sorted()

    private init(region: String, read: Double, write: Double) {
        (self.region, self.read, self.write) = (region, read, write)
    }

    /// `nil`: the region's prices are not known.
    public init?(region: String) {
        guard let (read, write) = Self.table[region] else { return nil }
        self.init(region: region, read: read, write: write)
    }

    /// Which prices these are.
    public var name: String { "prices of \(region), \(Self.date)" }

    /// In US dollars.
    public func dollars(readUnits: Double, writeUnits: Double) -> Double {
        (readUnits * read + writeUnits * write) / 1_000_000
    }

    /// For a million read and write request units, beyond what is free. Source: the AWS Price List's offer AmazonDynamoDB, 28 September
    /// 2026; those of us-east-1 also aws.amazon.com/dynamodb/pricing/on-demand.
    private static let table: [String: (read: Double, write: Double)] = [
        "af-south-1": (0.168, 0.84),
        "ap-east-1": (0.155, 0.785),
        "ap-east-2": (0.1282, 0.6435),
        "ap-northeast-1": (0.1425, 0.715),
        "ap-northeast-2": (0.1355, 0.68),
        "ap-northeast-3": (0.1425, 0.715),
        "ap-south-1": (0.1425, 0.71),
        "ap-south-2": (0.1425, 0.71),
        "ap-southeast-1": (0.1425, 0.71),
        "ap-southeast-2": (0.1425, 0.71),
        "ap-southeast-3": (0.1425, 0.71),
        "ap-southeast-4": (0.1425, 0.71),
        "ap-southeast-5": (0.1285, 0.64),
        "ap-southeast-6": (0.1496, 0.7455),
        "ap-southeast-7": (0.1285, 0.64),
        "ca-central-1": (0.1375, 0.6875),
        "ca-west-1": (0.1375, 0.6875),
        "eu-central-1": (0.1525, 0.7625),
        "eu-central-2": (0.168, 0.835),
        "eu-north-1": (0.1345, 0.67),
        "eu-south-1": (0.1485, 0.74),
        "eu-south-2": (0.1415, 0.705),
        "eu-west-1": (0.1415, 0.705),
        "eu-west-2": (0.1487, 0.7423),
        "eu-west-3": (0.1487, 0.7423),
        "il-central-1": (0.17, 0.85),
        "me-central-1": (0.1555, 0.7755),
        "me-south-1": (0.1555, 0.775),
        "mx-central-1": (0.1315, 0.655),
        "sa-east-1": (0.1875, 0.9375),
        "us-east-1": (0.125, 0.625),
        "us-east-2": (0.125, 0.625),
        "us-gov-east-1": (0.15, 0.75),
        "us-gov-west-1": (0.15, 0.75),
        "us-west-1": (0.1395, 0.695),
        "us-west-2": (0.125, 0.625),
    ]
}
