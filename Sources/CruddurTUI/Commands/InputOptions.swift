import ArgumentParser

/// For programs that have nobody to ask.
struct InputOptions: ParsableArguments {
    @Flag(name: .customLong("no-input"), help: "Never ask anything: what would be asked is refused.") var refuses =
        false

    var mayAsk: Bool { !refuses }
}
