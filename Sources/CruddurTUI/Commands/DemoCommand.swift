import ArgumentParser
import ChatClient
import CruddurDemo
import CruddurServer
import Foundation
import KeyTemplates
import Logging
import Programs
import ServiceLifecycle
import TerminalText
import Timestamps
import Traces
import Users

/// `cruddur demo`: the chat, with a server of its own behind it.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "The chat with a backend of its own: no account, no network.",
        discussion: Examples.demo.help(
            then: """
                Starts a Cruddur server on this machine, with a few users and their conversations, and \
                opens the chat as the first of them. Somebody answers what you write. In a second \
                terminal, cruddur demo --as mei joins as another. Quitting the first ends it all; what \
                was written is kept for the next time.
                """))

    @Option(help: "The folder to keep the demo in; else cruddur/demo in the XDG data folder.")
    var data: String?

    @Option(
        name: .customLong("as"),
        help: "Join the demo that runs in another terminal, as this user: mei, tomasz, lena or nia.")
    var handle: String?

    @Flag(help: "Forget what was written and start anew.")
    var fresh = false

    @Flag(help: "Sign up and in first, at a user pool on this machine: with codes, as at a real one.")
    var signIn = false

    @Option(
        help: ArgumentHelp(
            "How long the stream takes to move a group, in seconds; 0.4, and 2 in the tour.", valueName: "seconds"))
    var streamLag: Double?

    @Option(
        name: .customLong("tour"), defaultAsFlag: TourStep.all[0].name, parsing: .next,
        help: ArgumentHelp(
            "The access patterns one by one, and what goes wrong with them; --tour=E begins there.", valueName: "step"))
    var tour: String?

    @Option(
        help: ArgumentHelp(
            "What is to be done as the seed's code does it: \(SeedFault.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "fault,..."))
    var asSeed: String?

    @Option(
        help: ArgumentHelp(
            "In whose words F3 speaks of the table; cruddur-ops patterns --json prints such a file.",
            valueName: "file"))
    var patterns: String?

    @Option(
        help: ArgumentHelp(
            "At whose prices the calls are counted, a region of AWS; \(CapacityPrice.standard.region) otherwise.",
            valueName: "region"))
    var pricesOf: String?

    @Flag(help: "For who sits further away: a margin, and the keys are shown as they are pressed. F9 changes it.")
    var present = false

    @Flag(help: "Line by line, without a screen, as cruddur chat --plain.")
    var plain = false

    @Option(
        help: ArgumentHelp(
            "What the demo's terminals show, side by side, into a file that asciinema plays.", valueName: "file"))
    var record: String?

    func validate() throws {
        if let handle, !DemoWorld.users.contains(where: { $0.handle == name(handle) }) {
            let known = DemoWorld.users.map(\.handle).joined(separator: ", ")
            throw ValidationError("--as \(handle): the users of the demo are \(known).")
        }
        guard (0...60).contains(streamLag ?? 0) else {
            throw ValidationError("--stream-lag is between 0 and 60 seconds.")
        }
        if isPlain, present || record != nil || tour != nil {
            throw ValidationError(
                "\(plain ? "--plain" : "This terminal") has no screen: without --present, --record and --tour.")
        }
        _ = try (faults(), prices())
        try validateTour()
        if handle != nil, tour != nil || asSeed != nil || streamLag != nil || patterns != nil || record != nil {
            throw ValidationError(
                "--as joins a demo: its first terminal has the stream, the table, the faults, the tour and the recording."
            )
        }
        if handle != nil, signIn {
            throw ValidationError("--sign-in makes an account of your own; --as takes a seat. Take one of them.")
        }
        if handle != nil, fresh {
            throw ValidationError("--fresh starts a demo anew; --as joins one. Take one of them.")
        }
    }

    private func validateTour() throws {
        guard let tour else { return }
        guard Tour.position(of: tour) != nil else {
            let names = TourStep.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--tour=\(tour): the steps are \(names).")
        }
        if signIn {
            throw ValidationError("--sign-in makes an account of your own; --tour takes a seat. Take one of them.")
        }
    }

    private var isPlain: Bool { plain || PlainChat.isAllThereIs() }

    private func faults() throws -> Set<SeedFault> {
        Set(
            try (asSeed ?? "").split(separator: ",").map { name in
                guard let fault = SeedFault(rawValue: String(name)) else {
                    let known = SeedFault.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("--as-seed \(name): what can go wrong is \(known).")
                }
                return fault
            })
    }

    private func prices() throws -> CapacityPrice? {
        guard let pricesOf else { return nil }
        guard let prices = CapacityPrice(region: pricesOf) else {
            let known = CapacityPrice.regions.joined(separator: ", ")
            throw ValidationError("--prices-of \(pricesOf): known are the prices of \(known).")
        }
        return prices
    }

    func run() async throws {
        if let handle { return try await join(try running(), as: name(handle)) }
        let templates = try templates()
        let kept = signIn ? "/demo-sign-in" : tour != nil ? "/demo-tour" : "/demo"
        try await host(try DemoFolder(data ?? XDGFolders.current.data + kept), templates)
    }

    private func templates() throws -> TableTemplates {
        guard let patterns else { return .cruddur }
        do {
            return try TableTemplates(path: patterns)
        } catch {
            throw DemoError.patterns("\(error)")
        }
    }

    private func name(_ handle: String) -> String {
        handle.hasPrefix("@") ? String(handle.dropFirst()) : handle
    }

    // MARK: The first terminal

    private func host(_ folder: DemoFolder, _ templates: TableTemplates) async throws {
        guard let lock = folder.lock(DemoFolder.runningLock) else { throw DemoError.running(folder.path, data) }
        defer { lock.release() }
        // Accounts are gone with the demo, so what they wrote goes as well.
        // The tour is the same each time, but it wipes nobody's demo.
        if fresh || signIn || tour != nil && data == nil { try folder.clear() }
        let recording = Recording(demo: folder.path)
        if let path = recording.recover() {
            Output.complain("cruddur: a recording that was cut short is in \(path)")
        }
        if let record { try recording.begin(for: record) }
        let clock = SystemTime()
        let log = try folder.logger()
        let codes = DemoCodes(log: log)
        let you = DemoWorld.users[0]
        let world: DemoWorld
        do {
            world = try await DemoWorld(
                folder: folder.path, logger: log, now: { clock.now() }, deliver: { codes.tell($0) })
        } catch {
            throw DemoError.damaged(folder.path, "\(error)")
        }
        let stage = DemoStage(
            lag: .seconds(streamLag ?? (tour == nil ? 0.4 : 2)), faults: try faults(), now: { clock.now() })
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try world.server(port: 0, stage: stage) { listening.yield($0) }
        let services = ServiceGroup(configuration: .init(services: [server], logger: log))
        let serving = Task { try await services.run() }
        let watching = Task {
            // A server that cannot start must not keep us waiting for its port.
            _ = try? await serving.value
            listening.finish()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await serving.value
            throw DemoError.notListening
        }
        for user in DemoWorld.users {
            try folder.writeConfiguration(
                for: user.handle, port: port, issuer: world.issuer, tokens: try await world.tokens(for: user))
        }
        let ended: Result<Void, any Error>
        do {
            let seat = signIn ? DemoSignIn.seat : you.handle
            if signIn {
                try folder.writeConfiguration(for: seat, port: port, issuer: world.issuer, tokens: nil)
                try await DemoSignIn(folder: folder).run()
            }
            codes.beSilent()
            ended = .success(try await chat(folder, as: seat, world, world.backend(stage, templates)))
        } catch {
            ended = .failure(error)
        }
        await services.triggerGracefulShutdown()
        await watching.value
        if let record {
            do {
                try keep(recording, record)
            } catch {
                // Why the chat itself has failed is what a person must know.
                if case .success = ended { throw error }
            }
        }
        try ended.get()
    }

    private func keep(_ recording: Recording, _ target: String) throws {
        do {
            let terminals = try recording.finish(into: target)
            let what: PrintableText = terminals == 1 ? "1 terminal" : "\(terminals) terminals side by side"
            Output.complain("cruddur: \(what) recorded; asciinema play \(target) shows it")
        } catch {
            throw DemoError.recording("\(error)", recording.folder)
        }
    }

    // MARK: The others

    /// The folder of the demo that is running: of the one that is named, or of whichever there is.
    private func running() throws -> DemoFolder {
        let paths = data.map { [$0] } ?? ["/demo", "/demo-tour", "/demo-sign-in"].map { XDGFolders.current.data + $0 }
        let there = paths.filter { FileManager.default.fileExists(atPath: $0) }
        guard let folder = try there.map(DemoFolder.init).first(where: { $0.isHeld(DemoFolder.runningLock) }) else {
            throw DemoError.notRunning
        }
        return folder
    }

    private func join(_ folder: DemoFolder, as handle: String) async throws {
        guard let seat = folder.lock(DemoFolder.seat(handle)) else { throw DemoError.seatTaken(handle) }
        defer { seat.release() }
        if isPlain {
            let (end, ending) = AsyncStream.makeStream(of: Void.self)
            folder.whenReleased(DemoFolder.runningLock) { ending.yield() }
            return try await PlainChat(configuration: folder.configuration(of: handle), demoEnd: end).run()
        }
        let recorder = try Recording(demo: folder.path).recorder(of: handle, at: SystemTime().now().microseconds)
        let interface = ChatInterface(
            configuration: try folder.configuration(of: handle), recorder: recorder, presents: present,
            prices: try prices())
        folder.whenReleased(DemoFolder.runningLock) { interface.mailbox.post(.demoEnded) }
        try await interface.run()
    }

    private func chat(
        _ folder: DemoFolder, as seat: String, _ world: DemoWorld, _ backend: DemoBackend
    ) async throws {
        let configuration = try folder.configuration(of: seat)
        // In the tour nothing happens but what it is about.
        let companion = Task {
            guard tour == nil else { return }
            try await world.runCompanion(for: configuration.ownHandle ?? seat) { folder.isHeld(DemoFolder.seat($0)) }
        }
        let ended: Result<Void, any Error>
        do {
            if isPlain {
                try await PlainChat(configuration: configuration).run()
            } else {
                let recorder = try Recording(demo: folder.path).recorder(of: seat, at: SystemTime().now().microseconds)
                let interface = ChatInterface(
                    configuration: configuration, backend: backend, tour: tour, recorder: recorder, presents: present,
                    prices: try prices())
                try await interface.run()
            }
            ended = .success(())
        } catch {
            ended = .failure(error)
        }
        companion.cancel()
        _ = try? await companion.value
        try ended.get()
    }
}

/// Why there is no demo.
enum DemoError: Error, CustomStringConvertible {
    /// In which folder, and what was said of it.
    case running(String, String?)
    case notRunning
    case seatTaken(String)
    case notListening
    case folder(String, String)
    case damaged(String, String)
    /// What is wrong with a file of templates.
    case patterns(String)
    /// Why it is not where it was to be, and where its parts are.
    case recording(String, String)

    var description: String {
        switch self {
        case .running(let folder, let data):
            "a demo is running with \(folder). Join it with: cruddur demo --as mei\(data.map { " --data \($0)" } ?? "")\nor start another with: cruddur demo --data DIR"
        case .notRunning:
            "no demo is running here that could be joined. Start one in another terminal: cruddur demo"
        case .seatTaken(let handle): "somebody is in the demo as @\(handle) already"
        case .notListening: "the demo's server ended before it listened"
        case .damaged(let folder, let reason):
            "the demo in \(folder) cannot be opened: \(reason)\nTo forget it and start anew: cruddur demo --fresh"
        case .recording(let reason, let folder):
            FileManager.default.fileExists(atPath: folder)
                ? "\(reason)\nWhat was recorded becomes cut-short.cast beside \(folder) when the demo is started again."
                : reason
        case .patterns(let reason): "--patterns: \(reason)"
        case .folder(let path, let reason): "the demo's folder \(path) cannot be used: \(reason)"
        }
    }
}
