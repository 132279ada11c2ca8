import ChatCore
import ChatValues
import NIOPosix
import Synchronization

/// The side that is called: acknowledges what comes, and keeps its sessions.
///
/// Commands on standard input: `fan` sends a message to everybody who is connected, and says how
/// long it took until the last receipt. The end of the input ends the program.
enum Serving {
    static func run(_ options: Options) async throws {
        let contacts = BenchNode.contacts(try options.pins())
        let bench = try await BenchNode.start(
            try options.identity(), contacts: contacts, listens: true,
            database: options.has("database") ? options.text("database") : nil)
        Files.say("port \(bench.address?.port ?? 0)")
        let node = bench.node
        let commands = Task.detached {
            // Waiting on a thread of its own: on one core Swift's pool has no other.
            while try await NIOThreadPool.singleton.runIfActive({ readLine() }) != nil {
                try await fan(node)
            }
            await node.stop()
        }
        await node.deliverEvents { event, _ in consume(event) }
        try await commands.value
        Files.say("{\"cpu_s\":\(Clock.processor())}")
    }

    /// When a fan-out began, and how many receipts it still waits for.
    private final class Fan: Sendable {
        static let shared = Fan()
        private let state = Mutex((start: 0.0, awaited: 0))

        func begin(_ count: Int) {
            state.withLock { $0 = (Clock.now(), count) }
        }

        func took() {
            let start = state.withLock { state in
                state.awaited -= 1
                return state.awaited == 0 ? state.start : nil
            }
            if let start { Files.say("{\"seconds\":\(Clock.now() - start)}") }
        }
    }

    private static func fan(_ node: Node) async throws {
        let connected = await node.contacts().filter { $0.session != nil }.map(\.contact)
        Fan.shared.begin(connected.count)
        try await sendAll(node, connected.map { $0.fingerprint.description })
    }

    private static func sendAll(_ node: isolated Node, _ peers: [String]) throws {
        for peer in peers { try node.put(Conversation.text, to: peer) }
    }

    private static func consume(_ event: NodeEvent) {
        switch event {
        case .delivered: Fan.shared.took()
        case .refused(let refusal): Files.complain(refusal.explanation)
        case .failure(let failure): Files.complain("\(failure)")
        default: break
        }
    }
}
