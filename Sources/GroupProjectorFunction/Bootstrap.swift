import AWSClient
import Foundation
import Logging
import MessageTable
import TerminalText
import Timestamps

/// Pattern E as an AWS Lambda function on a custom runtime: `bootstrap`.
///
/// Its environment: `TABLE_NAME`, and what Lambda sets.
@main
struct Bootstrap {
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        guard let address = environment["AWS_LAMBDA_RUNTIME_API"] else {
            return fail("AWS_LAMBDA_RUNTIME_API is not set: this program is started by AWS Lambda")
        }
        let runtime = RuntimeAPI(address: address)
        guard let table = environment["TABLE_NAME"], !table.isEmpty else {
            await runtime.failedToStart("TABLE_NAME is not set")
            return fail("TABLE_NAME is not set")
        }
        let logger = Logger(label: "group-projector") { _ in LambdaLog() }
        let client = AWSClient(
            .dynamoDB, region: environment["AWS_REGION"] ?? "us-east-1",
            endpoint: environment["AWS_ENDPOINT_URL_DYNAMODB"] ?? environment["AWS_ENDPOINT_URL"],
            credentials: CredentialChain(now: now), logger: logger, now: now)
        let handler = StreamHandler(
            engine: DynamoDBEngine(client: client, table: table, logger: logger), now: now, logger: logger)
        await runtime.serve(logger) { try await handler.handle($0, until: $1) }
    }

    private static let now: @Sendable () -> Timestamp = { SystemTime().now() }

    private static func fail(_ reason: String) {
        Output.complain("bootstrap: \(reason)")
        exit(1)
    }
}
