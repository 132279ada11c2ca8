import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A peer for the tests, made of the library as `p2pchat` is, that can end itself where a crash
/// would hurt most. It also fills a home with messages, and tells what a home holds.
///
///     CrashPeer chat HOME USER [crash MOMENT]
///     CrashPeer dump HOME USER
///     CrashPeer fill HOME USER contact FINGERPRINT messages COUNT
///
/// `chat` listens on a free port and speaks the JSON interface; for MOMENT see ``Moment``.
@main
struct CrashPeer {
    static func main() async {
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            switch arguments.mode {
            case "chat": try await chat(arguments)
            case "dump": try await dump(arguments)
            case "fill": try await fill(arguments)
            default: throw Misuse("There is no mode \(arguments.mode).")
            }
        } catch {
            standardError.write("CrashPeer: \(error)\n")
            exit(70)
        }
    }
}

struct Misuse: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A mode, a home, a user, and then names with their values.
struct Arguments {
    let mode: String
    let folder: UserFolder
    private let values: [String: String]

    init(_ words: some Sequence<String>) throws {
        let words = Array(words)
        guard words.count >= 3, words.count % 2 == 1 else {
            throw Misuse("MODE HOME USER [NAME VALUE]…")
        }
        mode = words[0]
        folder = IdentityHome(path: words[1]).user(try UserName(words[2]))
        var values: [String: String] = [:]
        for index in stride(from: 3, to: words.count, by: 2) {
            values[words[index]] = words[index + 1]
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    func require(_ name: String) throws -> String {
        guard let value = values[name] else { throw Misuse("\(mode) needs \(name).") }
        return value
    }
}
