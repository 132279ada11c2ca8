import ChatCore
import NIOCore
import NIOPosix

/// Measures p2pchat's own parts, each as a program of its own, so that two of them can talk:
///
///     p2pchat-bench listen home=DIR user=NAME pins=FILE [database=FILE]
///     p2pchat-bench (echo|stream) home=DIR user=NAME pins=FILE port=N count=N [thread=own]
///     p2pchat-bench sessions identities=FILE pins=FILE port=N count=N
///     p2pchat-bench instructions what=(encode|decode|record|handshake|node|stream) count=N
@main
enum Bench {
    // Not `async`: that would end the first thread, which valgrind does not survive.
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let done = BenchNode.group.any().makePromise(of: Void.self)
        done.completeWithTask { try await run(arguments) }
        do {
            try done.futureResult.wait()
        } catch {
            Files.complain("\(error)")
            Files.exit(with: 1)
        }
    }

    private static func run(_ arguments: ArraySlice<String>) async throws {
        guard let what = arguments.first else { throw Complaint("say what to measure") }
        let options = try Options(arguments.dropFirst())
        switch what {
        case "listen": try await Serving.run(options)
        case "echo", "stream": try await converse(what, options)
        case "sessions": try await Sessions.run(options)
        case "instructions": try await Instructions.run(options)
        default: throw Complaint("there is no \(what) to measure")
        }
    }

    private static func converse(_ what: String, _ options: Options) async throws {
        let bench = try await BenchNode.start(
            try options.identity(), contacts: BenchNode.contacts(try options.pins()),
            listens: false, database: options.has("database") ? options.text("database") : nil)
        let (port, count) = (try options.number("port"), try options.number("count"))
        if what == "stream" {
            try await bench.run { try await Conversation.stream($0, port: port, count: count) }
        } else if options.has("thread") {
            try await bench.run {
                try await Conversation.echoFromOutside($0, port: port, count: count)
            }
        } else {
            try await bench.run { try await Conversation.echo($0, port: port, count: count) }
        }
        await bench.node.stop()
    }
}
