/// What is said in a step of the tour.
struct TourText: Sendable {
    let title: String
    /// Before anything is done.
    let look: String
    /// For each press of the key: what it does, and what is to be said of what came of it.
    var acts: [(does: String, then: String)] = []
    /// What the seed's code does, and what this server does.
    var seed: String?
    var here: String?
}

/// What is said in the steps of the tour, by their names; where it is shown, in the language of the interface.
enum TourTexts {
    // MARK: What is sent

    static let hello = "A message is one item. This one is pattern C."
    static let welcome = "Hello Lena! This message starts our group: pattern D."
    static let moves = "Watch the row with my name on it: it is about to move."
    static let costs = "What did this one cost?"
    static let unseen = "Does the list know of this message?"
    static let late = "The list will know of this one in five seconds."
    static let first = "This is the first of two."
    static let second = "This is the second of two."
    static let gap = "Where has our conversation gone?"
    static let echoed = "What is the uuid of this message?"

    // MARK: What is said

    static let english: [String: TourText] = [
        "A": TourText(
            title: "A: a group's messages",
            look: "One table holds all of it. A conversation is a partition, MSG# and its uuid, sorted by time. On the "
                + "left stand the calls, as they happen: each with its operation, its key, and what it cost.",
            acts: [
                (
                    does: "ask for the messages",
                    then:
                        "One Query, newest first, at most 20, then turned around. No join, and no sorting. It costs by "
                        + "what it reads: in a partition of a million messages it costs the same. (Before it, the index "
                        + "says who is in the group.)"
                )
            ]),
        "B": TourText(
            title: "B: a user's groups",
            look: "Whoever opens the chat wants a list: with whom, what was said last, newest first. GRP# and "
                + "a user's uuid is that list. A group has a row in the list of each member, sorted by its "
                + "last message's time.",
            acts: [
                (
                    does: "ask for the list",
                    then:
                        "One Query again: the list is stored as it is shown, the other's name and the last text in each "
                        + "row. That is the bargain of one table: what is read together stands together, and who writes "
                        + "pays for it. E shows how."
                )
            ]),
        "C": TourText(
            title: "C: a message into a group",
            look: "A message is one item under MSG#, and its sort key is the time. No two may have the same "
                + "key: the put has the condition that nobody has it, and a message that would not be the "
                + "newest goes a microsecond behind it.",
            acts: [
                (
                    does: "send a message",
                    then: "Beside the message an item with the request's key is put: sent twice, it counts once. Two "
                        + "items that must be there together are a transaction, which costs twice the units."
                )
            ]),
        "D": TourText(
            title: "D: a message that starts a group",
            look: "You and Lena have no group yet. A group is not an item: it is a row for each of you, in your lists, "
                + "and the messages. All of that comes to be with the first message, or nothing does.",
            acts: [
                (
                    does: "write to Lena",
                    then:
                        "One transaction: two rows, the message, and PAIR#, which nobody reads to show anything. It is "
                        + "put on the condition that it is not there, so the two of you get one group, and never two."
                )
            ]),
        "E": TourText(
            title: "E: the stream moves the rows",
            look:
                "On the left now: the items themselves. The row of a group is sorted by its last message. A key cannot "
                + "be changed, so the row must be deleted and put anew: a function does it that reads the table's stream.",
            acts: [
                (
                    does: "send a message, and watch the rows",
                    then:
                        "Until the record had passed through the stream, the list told the old time: that is the lag. "
                        + "Then both rows left their keys (−) and came at the new one (+), in one transaction and only "
                        + "ever forward."
                )
            ]),
        "cost": TourText(
            title: "What it costs: E",
            look:
                "Each row that moves is a delete and a put, for each member: twice the units in a transaction, and once "
                + "more in the index. Look how that compares with the message.",
            acts: [
                (
                    does: "send a message, and count",
                    then: "Moving the rows costs more than the message. For a group of 100 it would be 200 writes for "
                        + "each message, more than a transaction takes (100). A list that is sorted by what happened "
                        + "last is paid for with each thing that happens; this table is for two."
                )
            ]),
        "limits": TourText(
            title: "What it costs: limits",
            look:
                "A Query reads at most 1 MB before it answers with a page; 20 messages are far below. A partition takes "
                + "1,000 write units and 3,000 read units a second: one very loud conversation is a hot partition, "
                + "however big the table. A question that no key was made for is a Scan: all of the table, for money. "
                + "Next: eight ways in which this goes wrong."),
        "stream-off": TourText(
            title: "Wrong: the stream's function does not run",
            look: "It has an error, or nobody has deployed it. Messages are written all the same.",
            acts: [
                (
                    does: "stop the stream, and send a message",
                    then: "The message is there (MSG#), the rows have not moved. No error anywhere."
                ), (does: "let it run again", then: "The records were kept, and the rows move now."),
            ],
            seed: "For ever the list shows what was said before, and nothing says so.",
            here: "`stream` goes on where it was, up to 24 hours later; after that `cruddur-ops check --repair` finds "
                + "such rows and moves them."),
        "stream-late": TourText(
            title: "Wrong: the stream is late",
            look: "Mostly it takes a fraction of a second. On a bad day it takes seconds, or minutes.",
            acts: [
                (
                    does: "make it late, and send a message",
                    then: "For five seconds the row tells the message before."
                ), (does: "make it quick again", then: "The next one moves as soon as usual."),
            ],
            seed: "The page shows the old preview until somebody loads it anew.",
            here: "The client does not wait for the row: what it has read in the conversation it shows in the list."),
        "out-of-order": TourText(
            title: "Wrong: records out of order",
            look: "A record may be handled long after it came: from a queue of those that failed, or by a "
                + "second function that lags behind.",
            acts: [
                (
                    does: "send two messages; the second's record comes first",
                    then: "The rows went to the second message, and then back to the first."
                ), (does: "heal it", then: "The rows go to the newest message."),
            ],
            seed: "Deletes and puts whatever comes: the list tells the first message.",
            here: "A row only goes forward in time: a late record changes nothing."),
        "move-gap": TourText(
            title: "Wrong: between the delete and the put",
            look: "Deleting the row and putting it anew are two calls. Somebody may ask for the list in between.",
            acts: [
                (
                    does: "send a message; the put comes 4 seconds later",
                    then: "The rows are deleted (−), and put four seconds later."
                ), (does: "heal it", then: "Both in one transaction again."),
            ],
            seed: "Who asks in between has no such conversation. If the function ends there, it is gone for "
                + "good.",
            here: "One transaction: the row is never gone."),
        "same-time": TourText(
            title: "Wrong: two messages at one time",
            look: "The sort key is a time. If two messages have the same, they have the same key.",
            acts: [
                (
                    does: "make the clock coarse, and send two messages",
                    then: "One MSG# item: the second has replaced the first. Its sender saw it accepted."
                ),
                (
                    does: "heal it",
                    then: "The clock is as fine as before. The first message stays lost; the row tells the next."
                ),
            ],
            seed: "PutItem without a condition replaces what has the key.",
            here: "The put has the condition that nobody has the key; else it goes a microsecond further."),
        "two-groups": TourText(
            title: "Wrong: two groups for one pair",
            look: "Two people write to each other for the first time, at the same moment; or one of them, twice.",
            acts: [
                (
                    does: "have Lena begin a conversation with you, twice",
                    then: "Several rows with Lena, each a group with its own messages. Neither knows of the others."
                ),
                (does: "heal it", then: "No new ones come. `cruddur-ops check --resolve` merges those that are there."),
            ],
            seed: "Makes a new uuid for whoever asks for a new conversation.",
            here: "PAIR# is put on the condition that it is not there: the second begins nothing, and is a message in "
                + "the first."),
        "echo": TourText(
            title: "Wrong: the uuid in the answer",
            look: "Who has sent a message is answered with the message, as it is in the table.",
            acts: [
                (
                    does: "send a message",
                    then: "Taken, and answered with the sender's uuid as the message's."
                ), (does: "heal it", then: "The answer has the message's own uuid."),
            ],
            seed:
                "Takes the wrong variable. A client that looks for its message by uuid shows it twice, or waits for ever.",
            here: "The right one (/details shows it). And the client goes by the exact time."),
        "new-year": TourText(
            title: "Wrong: 1 January",
            look: "To read less, the lists ask for the keys that begin with this year: begins_with(sk, year).",
            acts: [
                (
                    does: "make it 1 January, and ask for the lists",
                    then: "Both lists are empty: nobody has written in the new year yet."
                ), (does: "make it today again", then: "All is there. This was the last step: /tour ends the tour."),
            ],
            seed: "At midnight all conversations are gone, and come back one by one, without what was said.",
            here: "No year: newest first, with a limit, reads just as little."),
    ]
}
