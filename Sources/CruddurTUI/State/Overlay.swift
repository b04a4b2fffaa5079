import ChatClient
import CruddurDemo

/// What stands in front of the chat.
enum Overlay: Equatable, Sendable {
    case help(scroll: Int)
    case newConversation(Prompt)
    case findGroup(Finder)
    case search(Search)
    case signIn(SignInForm)
    case links(LinkChoice)
    /// A choice of what may complete a word.
    case completion(Completion)
    case details(Details)
    case part(PartChoice)
    case calls(CallChoice)
    case row(RowChoice)
    /// What the demo's backend does as the seed does it: one of them is chosen.
    case stage(selected: Int)

    /// A question of one line.
    struct Prompt: Equatable, Sendable {
        var input = TextBuffer()
        var problem: String?
        /// The handle of which the backend cannot say whether anybody has it; Enter writes to it all the same.
        var unchecked: String?
        /// Who may be meant. None moves while one types nothing: a row must not move away under the finger.
        var offered: [UserShort] = []
        /// Of those; `nil`: what is typed counts.
        var chosen: Int?
        /// The handle of the one who was chosen, as it is.
        var exact: String?

        /// Whom it is about: who was chosen, else what was typed, without the @ and spaces that people put around a handle.
        var handle: String {
            exact ?? typed
        }

        var typed: String {
            String(input.text.drop { $0 == "@" || $0.isWhitespace }.reversed().drop(while: \.isWhitespace).reversed())
        }
    }

    struct Finder: Equatable, Sendable {
        /// As the list was when one began to look: a row must not move away under the finger.
        var order: [ConversationID]
        var input = TextBuffer()
        var selected = 0
        /// The last key was for the rows, not for the words.
        var isChoosing = false
    }

    struct Search: Equatable, Sendable {
        var input = TextBuffer()
        var selected = 0
        /// The last key was for the rows, not for the words.
        var isChoosing = false
        var hits: [SearchHit] = []
        /// What `hits` are the answer to; `nil` before the first.
        var answered: String?
    }

    /// Where a message leads.
    struct LinkChoice: Equatable, Sendable {
        let links: [String]
        var selected = 0
    }

    /// All that is known of a message.
    struct Details: Equatable, Sendable {
        let entry: TranscriptEntry
        var scroll = 0
    }

    /// One of the calls, and whether it is shown whole.
    struct CallChoice: Equatable, Sendable {
        /// Its trace; `nil`: the newest, whichever that is.
        var trace: String?
        var isOpen = false
        var scroll = 0
    }

    /// One of the table's rows.
    struct RowChoice: Equatable, Sendable {
        var place: Int
        /// As it was when one looked at it whole.
        var opened: TableRow?
        var scroll = 0

        func row(in rows: [TableView.Seen]) -> TableRow? {
            rows.indices.contains(place) ? rows[place].row : rows.last?.row
        }
    }
}
