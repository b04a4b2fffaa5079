/// What the three of the demo have said so far: one message a line, first who says it.
/// `\n` is a line break within a message, `~` begins a day.
public enum SampleConversation {
    public static let niaAndMei = #"""
        n: Hi Mei! Is this thing on?
        m: Loud and clear 👋
        m: First message through the new table, I think.
        n: Historic. We should frame it.
        m: I am framing it. 🖼️
        n: So: one table for everything?
        m: One table. Messages and groups side by side. Partition key says which is which.
        n: And I just finished drawing eleven boxes with arrows between them…
        m: Keep the drawing. Hang it next to the first message.
        n: What is the sort key then?
        m: The time. ISO 8601, so sorting the text sorts the time.
        n: Until somebody writes a time without a zone.
        m: Who would do that?
        n: 😇
        m: Nia.
        n: It was only one deployment. And it was Friday.
        ~m: おはようございます。今日は早いですね。
        n: おはよう！ Coffee first, then kanji, please.
        m: コーヒーを一杯どうぞ ☕
        n: どうも。 My keyboard is happier than my accent.
        m: Your accent is fine. Your tones in 中文, on the other hand…
        n: 你好吗 — was that a question or did I insult the llama?
        m: The llama is delighted. 🦙
        n: Good. How far is the list of conversations?
        m: It lists. Newest first, twenty of them, and then it stops without a word.
        n: No pagination at all?
        m: None. Whoever has twenty-one friends has a problem.
        n: Then I am safe.
        m: Aww.
        n: I have twenty. I counted. You are number four.
        m: Four!
        n: Number one is the cat. 🐈‍⬛
        m: That is fair.
        ~n: Today I want to understand the stream. What happens when I press Enter?
        m: The message is put into the table under the group. That is all the API does.
        m: Then the table tells the stream, and a function moves the group's row to the new time, for you and for me.
        n: So for a moment the list is old.
        m: For a moment. Watch the left pane after you send: first the message, then, a blink later, the preview.
        n: And if the function fails?
        m: Then the list stays old and nobody is told.
        n: Lovely.
        m: That is why a good client shows whichever is newer.
        n: Noted. Literally: I wrote it on my hand.
        m: Please do not write the access key on your hand.
        n: Too late, washed it twice already.
        m: 🫧
        ~n: Someone asked whether we support Greek.
        n: Καλημέρα κόσμε!
        m: Καλημέρα! Looks right here.
        n: Русский тоже: съешь же ещё этих мягких французских булок, да выпей чаю.
        m: Now I am hungry.
        n: हिन्दी में भी: नमस्ते दुनिया, सब ठीक है?
        m: सब ठीक है 🙏
        n: ภาษาไทย: สวัสดีชาวโลก วันนี้อากาศดีมาก
        m: Nicely stacked vowels. And Korean?
        n: 안녕하세요! 한글도 잘 보여요.
        m: Perfect columns.
        n: Right to left now. Brace yourself.
        n: שלום עולם, מה שלומך היום?
        n: مرحبا بالعالم، كيف حالك اليوم؟
        m: Both came through, in order, and they did not drag the time stamp along with them.
        n: That is the part I was worried about.
        m: Tiếng Việt có dấu chồng lên nhau: ằ, ễ, ộ, ữ.
        n: And Ṱ̺o͈̯ is what a client looks like after midnight.
        m: I see three polite marks on it. Somewhere a hundred more were turned away.
        n: Border control for diacritics.
        m: Someone has to.
        ~n: Emoji round! 👩‍💻 👨‍👩‍👧‍👦 👍🏽 ❤️ 🇨🇦 1️⃣ 🏳️‍🌈
        m: 🧑🏿‍🚀 🇯🇵 ☎️ 🐈‍⬛ 🏴󠁧󠁢󠁷󠁬󠁳󠁿 and one plain 😀
        n: Is your border still straight?
        m: Straight as a ruler.
        n: Mine too!! I did not expect that.
        m: Two cells each, planned first, drawn after. Ask no further.
        n: I will ask further on Monday.
        m: Monday is full.
        n: Tuesday then.
        m: Tuesday is suspiciously empty. Deal.
        ~n: Stand-up notes, so I do not forget:
        n: - schema loads twice without an error\n- seed adds nothing the second time\n- the scan reads all pages, not only the first megabyte
        m: Four lines in one message. I like that.
        n: It was Alt-Enter. Or Ctrl-J if your terminal is stubborn.
        m: Mine is stubborn. Ctrl-J it is.
        n: How many messages does this conversation have by now?
        m: Enough to scroll. Try PageUp.
        n: Oh nice, it stays where I read while you keep writing.
        m: Writing
        m: and writing
        m: and writing.
        n: "3 new, 3 below". I feel seen.
        m: End brings you home.
        n: Home brings me to the beginning of time.
        m: Philosophical keyboard.
        n: What is the longest word you can think of? I want to test the wrapping.
        m: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft
        n: Gesundheit!
        m: And a URL for good measure: https://docs.example.com/amazondynamodb/latest/developerguide/bp-modeling-nosql-B.html#adjacency-list-design-pattern-with-a-very-long-anchor
        n: It broke in the middle and I can still copy it. Approved.
        m: 長い日本語の文章も折り返してみましょう。句読点が行の先頭に来ないように、きちんと処理されているか確認したいのです。どうですか、きれいに見えますか？
        n: Punctuation stays off the start of the line. 完璧です。
        m: よかった！
        n: Lunch?
        m: Lunch. 🍜
        n: Back. I had the noodles. I regret nothing.
        m: I had the salad. I regret the salad.
        ~n: Shall we talk about January?
        m: Must we?
        n: Both lists only ask for rows that begin with the current year.
        m: So at midnight on New Year's Eve, everything vanishes.
        n: 🎆 Happy new year, you have no friends.
        m: Our server reads all years. I checked the query twice.
        n: Could you check it a third time, with me watching, under fireworks?
        m: It is a date. A partition-key-and-sort-key date.
        n: You are impossible.
        m: I am eventually consistent.
        ~n: How is Tomasz doing with the load test?
        m: He says the server is bored. Twenty thousand answers a second and it asks for more.
        n: And the old one?
        m: Sixty. With a fan noise.
        n: Poor thing.
        m: It taught hundreds of people how this works. Be kind to it.
        n: True. I learned DynamoDB from it. And patience.
        m: Mostly patience.
        n: What did we decide about blank messages?
        m: 422 and a code. No crash, no HTML.
        n: And too long ones?
        m: The same. 1024 code points. The counter above the compose line counts them down.
        n: A family emoji costs seven.
        m: Families are expensive.
        n: 👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦 — twenty-one gone, just like that.
        m: Worth it.
        ~n: I tried to send an escape sequence to turn your screen red.
        m: I saw "␛[41m" in plain letters. Very artistic.
        n: So it does not work?
        m: Remote text is text. Nothing else.
        n: I also tried a bell.
        m: ␇ — silent and pretty.
        n: I give up. You are safe from me.
        m: Everyone is. That was the idea.
        n: What do I say if somebody asks why a terminal?
        m: That it starts before the browser has found its cookies.
        n: And it runs over ssh, in a corner of tmux, next to the logs.
        m: And it costs nothing while nothing happens.
        n: I am putting that on a T-shirt. "Costs nothing while nothing happens."
        m: Size M, please.
        ~n: Could you explain pattern D again? The one that starts a group.
        m: Two rows for the group, one for each of us, and the message. All in one transaction, so never a half.
        n: And if we both start at the same second?
        m: One of us wins, the other's message goes into the same group.
        n: So there is never a second group of the two of us.
        m: Never. In the old backend there was one for every impatient click.
        n: I clicked eleven times once.
        m: I know. I had eleven of you in my list.
        n: An honour, surely.
        m: A wall of Nia.
        n: 😂
        m: Serious question: what happens to your draft when you switch to Tomasz?
        n: It stays with you. He has his own. I checked: left pane says "draft".
        m: And the text is still there when you come back?
        n: Word for word. Even the embarrassing ones.
        m: Especially those.
        ~n: Do you remember the name you had in September?
        m: mei_t. I renamed myself in October.
        n: Old messages still say so elsewhere. Names belong to the row.
        m: Like old street signs.
        n: I like old street signs.
        m: I know. You photographed forty of them in Kraków.
        n: Forty-three.
        m: Dobrze.
        ~n: Deploy at four?
        m: Deploy at four. I will watch the stream lag.
        n: It says 0.4 s here, down in the corner.
        m: That is the demo being honest: the real stream takes about that long.
        n: Four o'clock. Here we go 🚀
        m: Table: ok. Index: ok. Stream: ok.
        n: Function?
        m: …
        n: Mei?
        m: Sorry, somebody came with cake. Function: ok.
        n: What kind of cake?
        m: 🍰 The kind that makes you forget the function.
        n: Priorities: ok.
        m: Everything green. Shall we tell the others?
        n: Let us enjoy it for five minutes first.
        m: Five minutes. Starting now.
        n: …
        m: …
        n: Time is up.
        m: That was one minute.
        n: It felt like five.
        m: Fine. Posting it in the channel.
        n: Thank you for today. For all the days, actually.
        m: お疲れ様でした。It was fun.
        n: お疲れ様！
        m: One more thing: write me something tomorrow, so we see the unread line.
        n: I will write you three things.
        ~m: Good morning! Here is your reminder that you promised three things.
        n: One: good morning ☀️
        n: Two: I dreamt of sort keys.
        n: Three: they were in order.
        m: Then everything is all right.
        n: Everything is all right.
        m: I will be around. Answer whenever you like: this terminal is open all day.
        """#

    public static let niaAndTomasz = #"""
        t: Hi Nia, load test is done.
        n: Already? That was quick.
        t: It was not the server that was slow last time. It was my cable. 🙈
        n: Numbers?
        t: 1 connection: boring. 16 connections: boring. 256 connections: slightly less boring.
        t: p99 under five milliseconds all the way.
        n: That is very good boring.
        t: Memory did not move in a million requests.
        ~n: Could you write it down for the scaling page?
        t: Already did. With the wrk command, so anybody can repeat it.
        n: You are a treasure. Skarb po prostu.
        t: Dzięki! 😊
        n: What is next on your list?
        t: Killing the stream worker at random moments and looking whether the groups survive.
        n: That sounds like fun.
        t: It is. So far: two hundred kills, zero victims.
        n: Poor worker, though.
        t: It gets up every time. Inspiring, really.
        ~t: One question: why does a late record not move the group back?
        n: Because the row only ever moves forward in time. Late ones find it ahead already and leave it alone.
        t: Ah. Elegant.
        n: It is one condition. The elegant things usually are.
        t: Writing that one down as well.
        t: Ping me when you want to see it live. I will have two terminals open.
        """#

    public static let meiAndTomasz = #"""
        t: Mei, do you have the Kraków photos?
        m: All of them? There are many street signs.
        t: Only the ones with people.
        m: That makes two.
        t: Two is fine 😄
        m: Sent. Check your mail.
        """#
}
