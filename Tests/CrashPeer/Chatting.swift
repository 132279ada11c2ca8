import Logging
import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension CrashPeer {
    /// A chat in JSON on standard input and output, until `quit` or the crash.
    static func chat(_ arguments: Arguments) async throws {
        let lock = try HomeLock(arguments.folder)
        defer { withExtendedLifetime(lock) {} }
        let identity = try arguments.folder.load(passphrase: nil)
        let store = try ChatStore.open(at: arguments.folder.databasePath)
        let messages = CrashingStore(
            try await store.unlock(with: identity.privateKey),
            at: try arguments["crash"].map(Moment.init))
        var log = Logger(label: "CrashPeer") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let configuration = ChatConfiguration(
            mode: .secure(identity, contacts: store, messages: messages),
            listening: .at(PeerAddress(host: "127.0.0.1", port: 0)), log: log)
        let node = try await Node.start(configuration)
        let interface = JSONInterface(node, now: secondsSince1970) { line in
            standardOutput.write(line + [0x0A])
        }
        let events = Task {
            for await event in node.events { await interface.handle(event) }
        }
        for await line in standardInputLines() {
            guard await interface.enter(.line(Array(line.utf8))) else { break }
        }
        await node.stop()
        await events.value
        try await store.close()
    }

    /// Reading blocks a thread of the pool: there are others.
    private static func standardInputLines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        Task.detached {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return lines
    }

    @Sendable private static func secondsSince1970() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
