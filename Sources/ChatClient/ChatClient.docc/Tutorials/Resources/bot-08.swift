import ChatClient
import Dispatch
import Foundation

func end(because reason: String) -> Never {
    FileHandle.standardError.write(Data("\(reason)\n".utf8))
    exit(1)
}

let configuration: ClientConfiguration
do { configuration = try .load() } catch { end(because: "\(error)") }
let session = ChatSession(configuration: configuration, dataFolder: XDGFolders.current.data)
var told = await session.told()
let running = Task { await session.run() }

signal(SIGINT, SIG_IGN)
let interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .main)
interrupt.setEventHandler { running.cancel() }
interrupt.resume()

for await snapshot in session.updates {
    if case .signedOut = snapshot.connection.state { end(because: "signed out; sign in again: cruddur login") }
    let news = await session.messages(toldAfter: told)
    told = news.told
    for hit in news.messages {
        let message = TranscriptEntry(hit.message, me: snapshot.me, other: hit.title.handle)
        if !message.isOwn { await session.send(message.text, to: hit.conversation, leavesDraft: true) }
    }
}
await running.value
