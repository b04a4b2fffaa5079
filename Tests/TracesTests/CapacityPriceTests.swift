import Testing
import Traces

struct CapacityPriceTests {
    @Test func aPriceIsThatOfItsRegion() throws {
        let frankfurt = try #require(CapacityPrice(region: "eu-central-1"))
        #expect(frankfurt.name == "prices of eu-central-1, September 2026")
        #expect(frankfurt.dollars(readUnits: 2_000_000, writeUnits: 1_000_000) == 2 * 0.1525 + 0.7625)
        #expect(CapacityPrice(region: CapacityPrice.standard.region) == .standard)
    }

    @Test(arguments: ["", "local", "US-EAST-1", "us-east-1 ", "mars-north-1"])
    func whatIsNoRegionHasNoPrice(_ region: String) {
        #expect(CapacityPrice(region: region) == nil)
    }

    /// A figure that was mistyped by a place or more is outside: everywhere a write is about five reads, and nowhere twice
    /// as dear as in the cheapest region.
    @Test func theTableHoldsNoSlip() throws {
        #expect(CapacityPrice.regions.count >= 30)
        for region in CapacityPrice.regions {
            let price = try #require(CapacityPrice(region: region))
            #expect((4.9...5.1).contains(price.write / price.read), "\(region)")
            #expect((0.125..<0.25).contains(price.read), "\(region)")
            #expect(region.split(separator: "-").count >= 3 && region.last?.isNumber == true, "\(region)")
        }
    }
}
