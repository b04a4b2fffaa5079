import ArgumentParser
import Programs

@main
struct CruddurOps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cruddur-ops",
        abstract: "The Cruddur message table: its scripts, its server, its stream, its checks.",
        discussion: """
            Commands work on DynamoDB at http://localhost:8000 unless --endpoint-url names another \
            place, --prod says AWS, or --embedded a SQLite file. Exit codes: 0 it is done; 1 it is \
            not, and says why; 2 check has found drift; 64 the command line is wrong.
            """,
        version: "0.1.0",
        subcommands: [
            SchemaLoad.self, ListTables.self, Drop.self, Seed.self, Scan.self, GetConversation.self,
            ListConversations.self, UpdateCognitoUserIDs.self, Serve.self, Stream.self, Check.self, UserCommand.self,
            Browse.self,
        ])

    static func main() async { await runProgram() }
}
