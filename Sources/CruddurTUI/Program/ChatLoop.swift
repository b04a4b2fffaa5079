import ChatClient
import CruddurDemo
import TerminalText
import Timestamps
import Traces

/// The loop of the one thread that owns the terminal: waits for input, signals and events, updates the
/// state, draws, and hands effects on. Nothing here ever waits for anything else, but for a program that has the terminal.
struct ChatLoop {
    private let mailbox: Mailbox
    private let perform: (Effect) -> Void
    private var terminal: Terminal
    private var painter = Painter()
    /// What is on screen of the chat.
    private var canvas = Canvas(width: 0, height: 0)
    private let recorder: Recorder?
    private var state: AppState
    private var problem: TerminalError?
    /// What is to be done once the person has seen the answer to their key: whoever does it is woken, and takes time.
    private var due: [Effect] = []

    /// Takes the terminal over.
    ///
    /// - Parameters:
    ///   - first: what there is to show before the session says more.
    ///   - prices: of the table, as long as its calls tell nothing else.
    ///   - backend: the demo's; `nil`: it is not in this program.
    ///   - recorder: is shown what the terminal is.
    ///   - perform: starts an effect and returns at once.
    /// - Throws: `TerminalError`.
    init(
        mailbox: Mailbox, first: ChatSnapshot, _ preferences: Preferences, prices: CapacityPrice,
        backend: DemoBackend?, recorder: Recorder?, perform: @escaping (Effect) -> Void
    ) throws {
        terminal = try Terminal(
            wokenBy: mailbox.pipe, reportsMouse: preferences.reportsMouse, takesLinks: preferences.tellsLinks)
        if !preferences.theme.isPlain { terminal.setTheme(preferences.theme) }
        self.mailbox = mailbox
        self.perform = perform
        self.recorder = recorder
        state = AppState(size: terminal.size, snapshot: first, now: Self.now(), localTime: preferences.localTime)
        (state.prices, state.keys, state.keywords) = (prices, preferences.keys, preferences.keywords)
        (state.hasWordsForEmoji, state.spelling.isOn) = (preferences.hasWordsForEmoji, preferences.looksAtSpelling)
        (state.telling.settings, state.telling.lastTouch) = (preferences.notifications, state.now)
        Arrangement.kept().arrange(&state)
        state.table.file = backend?.table.file
        state.stage = backend?.stage.faults
    }

    /// As Ctrl-N and this handle would.
    mutating func open(_ handle: String) { _ = take(.open(handle)) }

    /// As `/tour` and this name would.
    mutating func begin(tour name: String) { _ = take(.tour(name)) }

    /// As F9 would.
    mutating func present() { state.presentation = Presentation() }

    mutating func draw() {
        state.now = Self.now()
        canvas = painter.draw(state)
        let whole = PresenterScreen.draw(canvas, state)
        if let title = state.windowTitle { terminal.title = title }
        terminal.show(whole)
        doWhatIsDue()
        recorder?.take(whole, at: state.now)
    }

    /// Runs until the person quits, a signal asks for it, or the terminal is gone. What there is to begin with is drawn.
    mutating func run() -> Ending {
        defer {
            doWhatIsDue()
            terminal.close()
        }
        while true {
            for occurrence in terminal.wait(atMost: state.nextTick.map { $0.seconds(since: Self.now()) }) {
                guard handle(occurrence) else { return ending }
            }
            draw()
        }
    }

    private mutating func doWhatIsDue() {
        for effect in due { perform(effect) }
        due.removeAll(keepingCapacity: true)
    }

    private var ending: Ending { Ending(signal: terminal.endingSignal, problem: problem, state: state) }

    /// How it ended.
    struct Ending: Sendable {
        /// 0: none.
        let signal: Int32
        let problem: TerminalError?
        let state: AppState
    }

    /// - Returns: whether to go on.
    private mutating func handle(_ occurrence: Terminal.Occurrence) -> Bool {
        switch occurrence {
        case .key(let key): return take(.key(key))
        case .paste(let text): return take(.paste(text))
        case .focus(let isFocused): return take(.focus(isFocused))
        case .mouse(let onTerminal):
            let room = state.presentation.map { _ in Presentation.room(state.terminal) }
            let mouse = onTerminal.from(x: room?.x ?? 0, y: room?.y ?? 0)
            return take(.mouse(mouse, on: canvas.target(x: mouse.x, y: mouse.y)))
        case .resized(let size): return take(.resize(size))
        // All of them, also behind one that ends it: a text may be coming back.
        case .woken: return mailbox.takeAll().map { take($0) }.allSatisfy(\.self)
        case .ended: return false
        case .unfit(let error):
            problem = error
            return false
        }
    }

    private mutating func take(_ event: Event) -> Bool {
        state.now = Self.now()
        var goesOn = true
        var written: (text: String, in: ConversationID?)?
        for effect in update(&state, event) {
            switch effect {
            // What is to be kept may stand behind it.
            case .terminal(.quit): goesOn = false
            case .terminal(.copy(let text)):
                terminal.copy(text)
                due.append(.asking(.clip(text)))
            // All else is on its way before another program has the terminal.
            case .terminal(.edit(let text, let id)): written = (text, id)
            case .terminal(.theme(let name)):
                do throws(ThemeFault) {
                    terminal.setTheme(try ThemeFile.theme(name, in: Preferences.themes))
                    goesOn = take(.themed(.success(name))) && goesOn
                } catch {
                    goesOn = take(.themed(.failure(error))) && goesOn
                }
            case .terminal(.bell): terminal.ring()
            case .terminal(.tell(let told)): terminal.tell("\(told.title)", "\(told.body)")
            case .terminal(.redraw): terminal.forget()
            case .terminal(.suspend):
                doWhatIsDue()
                _ = take(.resize(terminal.suspend()))
            default: due.append(effect)
            }
        }
        guard let written else { return goesOn }
        doWhatIsDue()
        let (edited, size) = terminal.lend { Editor.run(on: written.text, hasStarted: $0) }
        return take(.resize(size)) && take(.edited(edited, in: written.in)) && goesOn
    }

    private static func now() -> Timestamp { SystemTime().now() }
}
