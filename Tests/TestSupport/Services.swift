import Foundation

/// Servers that bin/test starts.
public enum Services {
    /// DynamoDB with streams, Cognito; `nil` outside of bin/test.
    public static var aws: String? { ProcessInfo.processInfo.environment["TEST_AWS_URL"] }

    /// `nil` outside of bin/test.
    public static var postgres: String? { ProcessInfo.processInfo.environment["TEST_POSTGRES_URL"] }
}
