import EventSamples
import Foundation
import P2PChat
import Synchronization
import Testing

@testable import P2PChatTerminal

/// Alice's home in a folder that goes with the value, with contacts and messages in it.
final class StoredHome: Sendable {
    let root: String
    let fingerprint: Fingerprint
    private let folder: UserFolder
    private let identity: Identity

    init(
        contacts: [Contact] = [contact("bob")], messages: [NewMessage] = [],
        passphrase: Passphrase? = nil
    ) async throws {
        root =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("p2pchat-\(UUID().uuidString)").path
        let name = try UserName("alice")
        identity = try Identity.make(userName: name)
        fingerprint = identity.fingerprint
        folder = IdentityHome(path: root).user(name)
        try folder.save(identity, passphrase: passphrase)
        let store = try ChatStore.open(at: folder.databasePath)
        for contact in contacts { try await store.save(contact) }
        if !messages.isEmpty {
            _ = try await store.unlock(with: identity.privateKey).add(messages)
        }
        try await store.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Something else than a command has a look, or lends a hand.
    func withHistory<Value>(_ body: (MessageHistory) async throws -> Value) async throws -> Value {
        let store = try ChatStore.open(at: folder.databasePath)
        let value = try await body(store.unlock(with: identity.privateKey))
        try await store.close()
        return value
    }

    func contacts() async throws -> [Contact] {
        let store = try ChatStore.open(at: folder.databasePath, mode: .readOnly)
        return try await store.load().contacts
    }

    func lock() throws -> HomeLock { try HomeLock(folder) }

    /// Runs a command as the program does.
    ///
    /// - Parameter answers: what the person at the terminal types; nil where there is none.
    func run(
        _ arguments: [String], now: Double = noon, answers: [String]? = nil
    ) async -> (status: Int32, output: String, errors: String) {
        let written = Written()
        var surroundings = written.surroundings(now: now)
        if let answers {
            let left = Lines(answers)
            surroundings.inputIsTerminal = true
            surroundings.outputIsTerminal = true
            surroundings.readLine = { left.next() }
        }
        let status = await Surroundings.$current.withValue(surroundings) {
            await Program.run(arguments + ["--home", root, "--user", "alice"])
        }
        return (status, written.output, written.errors)
    }

    private final class Lines: Sendable {
        private let lines: Mutex<[String]>
        init(_ lines: [String]) { self.lines = Mutex(lines) }
        func next() -> String? { lines.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }
}

/// Bob's, unless said otherwise.
func came(
    _ content: String, at time: Double = noon, from fingerprint: Fingerprint = someFingerprint,
    id: MessageID = .random(), timestamp: Double? = nil, claimed: String? = nil
) -> NewMessage {
    .incoming(
        id, from: fingerprint, content: content, timestamp: timestamp ?? time, storedAt: time,
        claimedSender: claimed, dialect: .native)
}

func went(
    _ content: String, at time: Double = noon, to fingerprint: Fingerprint = someFingerprint,
    id: MessageID = .random()
) -> NewMessage {
    .outgoing(id, to: fingerprint, content: content, at: time)
}
