import BoundedNumbers
import HTTPExchange

/// What a setting may be: how its text becomes the value that is used, and what is said where it cannot.
struct SettingKind<Value: Sendable>: Sendable {
    let json: SettingJSONType
    /// Whether an empty text says something, if only that it is wrong; else it is as if not set.
    var readsEmpty = false
    let read: @Sendable (String) throws(SettingComplaint) -> Value
}

/// As the file writes it.
enum SettingJSONType: Sendable {
    case text, number, boolean
}

/// What is wrong with a value, to stand behind it: `is not a number of seconds`.
struct SettingComplaint: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

extension SettingKind<String> {
    static var text: Self { SettingKind(json: .text) { text in text } }

    /// With or without an `@` before it.
    static var handle: Self {
        SettingKind(json: .text) { text in text.hasPrefix("@") ? String(text.dropFirst()) : text }
    }

    /// Part of a host's name, such as `ca-central-1`.
    static var region: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            guard UserPoolID.isRegion(text) else { throw SettingComplaint("is not the name of a region") }
            return text
        }
    }

    /// A token as it is sent: what stands around it, such as the end of a line, is not part of it.
    static var token: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            guard let token = Token.trimmed(text) else {
                throw SettingComplaint("holds a character that no token has, such as a space or the end of a line")
            }
            return token
        }
    }

    /// A route below the backend's URL, with this placeholder, if any.
    static func route(placeholder: String? = nil) -> Self {
        SettingKind(json: .text, readsEmpty: true) { text throws(SettingComplaint) in
            guard text.hasPrefix("/") else { throw SettingComplaint("does not begin with /") }
            // Foundation's search is made for any collection, and made anew at each start.
            guard let placeholder, !text.indices.contains(where: { text[$0...].hasPrefix(placeholder) }) else {
                return text
            }
            throw SettingComplaint("does not contain \(placeholder)")
        }
    }

    /// A file, from the root or from one's home: `~/cruddur.sqlite`. The `~` stands for it.
    static var file: Self {
        SettingKind(json: .text, readsEmpty: true) { text throws(SettingComplaint) in
            guard !text.isEmpty else { throw SettingComplaint("is empty") }
            guard text.hasPrefix("/") || text.hasPrefix("~/") else {
                throw SettingComplaint("does not begin with / or ~/")
            }
            guard !text.unicodeScalars.contains("\0") else { throw SettingComplaint("holds a NUL") }
            return text
        }
    }
}

extension SettingKind<String> {
    /// A profile's name: what can be typed, read aloud and told from another.
    static var profile: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            guard let first = text.unicodeScalars.first, isOfWord(first), text.unicodeScalars.count <= 40,
                text.unicodeScalars.allSatisfy({ isOfWord($0) || ".-_".unicodeScalars.contains($0) })
            else {
                throw SettingComplaint(
                    "is no name for a profile: up to 40 letters, digits, ., - and _, beginning with a letter or a digit"
                )
            }
            return text
        }
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
    }

    /// A file, or `default`: the one in the XDG state folder.
    static var logFile: Self {
        SettingKind(json: .text, readsEmpty: true) { text throws(SettingComplaint) in
            text == LogSettings.standardName ? text : try SettingKind.file.read(text)
        }
    }
}

extension SettingKind where Value: RawRepresentable<String> & CaseIterable {
    /// One of those that there are.
    ///
    /// - Parameter complaint: about every other, such as `is no level`.
    static func choice(_ complaint: String) -> Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            guard let value = Value(rawValue: text) else {
                let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingComplaint("\(complaint): there are \(names)")
            }
            return value
        }
    }
}

extension SettingKind<QuietHours> {
    static var quietHours: Self {
        SettingKind<QuietHours>(json: .text) { text throws(SettingComplaint) in
            guard let hours = QuietHours(text) else {
                throw SettingComplaint("is no part of a day, such as 22:00-07:30")
            }
            return hours
        }
    }
}

extension SettingKind<BackendURL> {
    static var url: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            do {
                return try BackendURL(parsing: text)
            } catch {
                throw SettingComplaint("\(error)")
            }
        }
    }
}

extension SettingKind<Double> {
    static func seconds(_ range: ClosedRange<Double>) -> Self {
        SettingKind(json: .number) { text throws(SettingComplaint) in
            guard let seconds = Double(decimal: text, in: -.infinity ... .infinity) else {
                throw SettingComplaint("is not a number of seconds")
            }
            guard range.contains(seconds) else {
                throw SettingComplaint("is not between \(range.lowerBound) and \(range.upperBound) seconds")
            }
            return seconds
        }
    }
}

extension SettingKind<Bool> {
    static var yesOrNo: Self {
        SettingKind(json: .boolean) { text throws(SettingComplaint) in
            switch text {
            case "true": return true
            case "false": return false
            default: throw SettingComplaint("is neither true nor false")
            }
        }
    }
}

extension SettingKind<UserPoolID> {
    static var userPool: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            guard let id = UserPoolID(text) else { throw SettingComplaint("is not the id of a user pool") }
            return id
        }
    }
}

/// `ca-central-1_a1B2c3D4e`: a pool's id begins with its region.
struct UserPoolID: Hashable, Sendable {
    let description: String
    let region: String

    /// `nil` for what is no such id.
    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, Self.isRegion(parts[0]), !parts[1].isEmpty else { return nil }
        description = text
        region = parts[0]
    }

    static func isRegion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 40
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0 == "-" || ("0"..."9").contains($0))
            }
    }
}
