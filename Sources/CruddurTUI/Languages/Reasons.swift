/// Why something was not done, in the language of the interface. Who says it knows of no language: its sentence is found
/// among those that are known, and what stands in it stays. What somebody else has said is nowhere to be found, and stays
/// as it is.
func tr(reason: String) -> String {
    guard let language = Language.current else { return reason }
    for known in Reasons.all {
        guard let parts = known.parts(of: reason) else { continue }
        return language.text(known.sentence, known.holdsReason ? parts.map { tr(reason: $0) } : parts)
    }
    return reason
}

/// The sentences in which `ChatClient`, and the programs that are started, say why.
enum Reasons {
    struct Known: Sendable {
        let sentence: String
        /// What stands in it is a reason itself.
        let holdsReason: Bool
        fileprivate let pieces: [Language.Piece]

        init(_ sentence: String, holdsReason: Bool = false) {
            self.sentence = sentence
            self.holdsReason = holdsReason
            pieces = Language.pieces(of: sentence)
        }

        /// What stands at its places in `reason`; `nil`: that is another sentence.
        func parts(of reason: String) -> [String]? {
            var (rest, parts) = (reason[...], [String]())
            for (position, piece) in pieces.enumerated() {
                guard case .text(let text) = piece else { continue }
                if position == 0 {
                    guard rest.hasPrefix(text) else { return nil }
                    rest = rest.dropFirst(text.count)
                } else if position + 1 == pieces.count {
                    guard rest.hasSuffix(text) else { return nil }
                    parts.append(String(rest.dropLast(text.count)))
                    rest = ""
                } else {
                    guard let range = rest.firstRange(of: text) else { return nil }
                    parts.append(String(rest[..<range.lowerBound]))
                    rest = rest[range.upperBound...]
                }
            }
            return rest.isEmpty ? parts : nil
        }
    }

    /// The narrower before the wider.
    static let all =
        wrapping.map { Known($0, holdsReason: true) }
        + (states + server + connections + cognito + sending + history + programs + files).map { Known($0) }

    private static let wrapping = [
        "not sent: %1", "may not have arrived: %1", "being sent again: %1", "this conversation: %1",
        "cannot reach the server (%1)", "cannot reach Cognito (%1)", "the history refused to keep something: %1",
        "the pool's challenge may not be answered: %1", "theme %1: %2",
        "is not as a theme is: %1",
    ]

    private static let states = ["not sent yet", "being sent", "sent, not listed by the server yet"]

    private static let server = [
        "the server did not answer in time", "the connection was lost", "the server does not accept your access token",
        "this conversation is not yours", "the server does not know it (404)", "the server rejected it",
        "the server refused it (%1)", "the server asks to slow down (429)", "the server has a problem (%1)",
        "the server sends us elsewhere; check backend_url",
        "something on the way answers in place of the server and leads to %1; a network that one signs in to first does that: open any web page, or check backend_url",
        "something on the way answers in place of the server; a network that one signs in to first does that: open any web page, or check backend_url",
        "404: the server has it at %1; set %2 to that",
        "404: the server has no message groups at this path; check backend_url and paths",
        "this backend cannot look people up",
        "the answer is not Cruddur's: HTML; a network that one signs in to first answers so, or check backend_url",
        "the answer is not Cruddur's: %1", "the answer of the server is too large",
    ]

    private static let connections = [
        "its URL is not valid", "connection refused", "no such host %1", "no network", "no connection to %1",
        "no connection in time", "no secure connection: its certificate or protocol is not accepted",
        "it refuses the secure connection", "what answers there speaks no TLS; is it http:// ?",
        "it speaks only versions of TLS that are too old",
        "it ended the connection while that was being secured",
        "it does not accept the certificate of network.client_certificate",
        "it asks for a certificate of yours; name its files as network.client_certificate and network.client_key",
        "the certificate of %1 has expired: it was good until %2, and this machine's clock says %3",
        "the certificate of %1 is good from %2 on, and this machine's clock says %3",
        "its certificate is for %1, not for %2; a network that one signs in to first shows such a one",
        "its certificate, for %1, is signed by nobody but itself; if it is yours, name its file as network.ca_file",
        "its certificate is signed by %1, which is not known here; if that is your organisation, name the file of its certificate as network.ca_file",
        "the proxy %1 does not take the name and password in %2",
        "the proxy %1 wants a name and a password: %2", "the proxy %1 of %2 does not connect to %3",
        "the proxy %1 of %2: %3",
    ]

    private static let cognito = [
        "Cognito did not answer in time", "the connection to Cognito was lost",
        "Cognito does not accept your access token", "Cognito does not know it (404)", "Cognito rejected it",
        "Cognito refused it (%1)", "Cognito asks to slow down (429)", "Cognito has a problem (%1)",
        "Cognito sends us elsewhere; check cognito.endpoint",
        "something on the way answers in place of Cognito and leads to %1; a network that one signs in to first does that: open any web page, or check cognito.endpoint",
        "something on the way answers in place of Cognito; a network that one signs in to first does that: open any web page, or check cognito.endpoint",
        "the answer is not Cognito's: HTML; a network that one signs in to first answers so, or check cognito.endpoint",
        "the answer is not Cognito's: %1", "the answer of Cognito is too large",
        "to sign in, %1 must be set; cruddur init finds it",
        "the pool asks for %1, which cruddur does not know; sign in on the web page and put its tokens into the configuration",
        "that is somebody else, and this chat is another's: quit, then cruddur login",
        "that is %1, and this chat is another's: quit, then cruddur login",
        "tokens come from tokens.command: take it out of the configuration to sign in here",
        "nobody has asked for that", "too many wrong passwords; Cognito wants a pause before the next one",
        "cognito.client_secret is not the secret of this app client",
        "this app client has a secret: set cognito.client_secret",
        "that took too long, and the code has ended: begin again", "this user is disabled",
        "no user of that name has that password",
        "this user is not confirmed yet; with the code that was sent: cruddur confirm",
        "the password must be set anew first: cruddur recover", "that is not the code",
        "the pool does not take that password: %1",
        "the pool has no such app client: check cognito.client_id and cognito.region",
        "the app client does not allow that way in; try the other: --flow srp or --flow password",
        "Cognito asks to slow down; wait a while", "Cognito refused it, and said nothing", "Cognito refused it: %1",
        "it was revoked", "it was too long ago", "cognito.client_secret is missing, or another's",
        "the refresh token is none of this app client's, or was used up",
        "tokens.command prints the token that was refused", "tokens.command prints somebody else's token",
    ]

    private static let sending = [
        "the message is blank", "the message is too long", "the conversation is missing",
        "the server does not know who you are", "the recipient is missing", "that is your own handle",
        "the server has another message under this one's key", "the program ended while it was being sent",
        "the command that was to send it has ended", "the server was not reached",
    ]

    private static let history = [
        "the disk is full", "the folder cannot be written", "the file is damaged", "the file is of a newer version",
        "the file was removed", "another program keeps the file locked",
        "the history was damaged; what was there is in %1",
        "the history is of a newer cruddur; it is in %1, a new one was begun", "the history is kept on disk again",
        "the history's file was removed; it was written anew",
    ]

    private static let programs = [
        "that is no web page", "open.command ended with %1", "copy.command ended with %1",
        "notify.command names no command", "notify.command ended with %1",
        "it was ended by signal %1, or took too long", "There is no editor %1 here; set EDITOR",
        "%1; what was written is in %2", "%1 cannot be started: %2", "%1 was ended by signal %2",
        "What was written cannot be read: %1", "What was written is no UTF-8",
        "There is no place for the text: %1", "The text cannot be written to a file: %1", "there is no %1 here",
        "%1 does not answer as ispell -a does", "%1 has answered of %2 of %3 words", "prices of %1, %2",
        "%1 ended with %2",
    ]

    /// A theme's.
    private static let files = [
        "there is no theme %1: there are %2, and files such as %3", "a path begins with /", "it is no file",
        "there is no such file", "it is larger than %1 kB", "you may not read it", "it is a folder",
        "what should be a folder on the way to it is a file", "its links go round in a circle", "is no JSON object",
        "%1 is none: there are %2", "%1 is no colour such as #b77bff",
        "%1 is of another kind",
    ]
}
