/// Why no proof can be made, or none is looked at. Nothing of it is secret.
public enum SRPError: Error, Equatable, CustomStringConvertible {
    /// The other side's public value is no hexadecimal number, or 0 modulo N: with that anybody could
    /// prove anything.
    case publicValue
    /// The hash of both public values is 0.
    case scrambler
    /// The salt is not hexadecimal.
    case salt
    /// The secret block is not base64.
    case secretBlock
    /// What a device sent as its verifier or salt is not base64, or beyond the group.
    case verifier

    public var description: String {
        switch self {
        case .publicValue: "the other side's public value (SRP_A, SRP_B) is not one of the group's"
        case .scrambler: "the two public values may not be used together"
        case .salt: "the salt is not hexadecimal"
        case .secretBlock: "the secret block is not base64"
        case .verifier: "the verifier or its salt is not base64, or too long"
        }
    }
}
