import ArgumentParser
import Programs

@main
struct CruddurOps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cruddur-ops",
        abstract: "The Cruddur message table: its scripts, its server, its stream, its checks.",
        discussion: Examples.program.help(
            then: """
                Commands work on DynamoDB at http://localhost:8000 unless --endpoint-url names another \
                place, --prod says AWS, or --embedded a SQLite file.

                \(HelpTopic.names(Topics.names, of: "cruddur-ops"))
                """),
        version: Release.description,
        subcommands: [
            SchemaLoad.self, ListTables.self, Drop.self, Seed.self, Scan.self, Patterns.self, GetConversation.self,
            ListConversations.self, UpdateCognitoUserIDs.self, Serve.self, Stream.self, Top.self, Check.self,
            UserCommand.self, Browse.self,
        ])

    static func main() { runProgram { Topics.all } }
}
