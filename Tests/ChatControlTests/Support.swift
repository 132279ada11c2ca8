import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import ChatWire
import EventSamples
import Foundation
import Logging
import NIOPosix
import Synchronization
import Testing

@testable import ChatControl
@testable import P2PChat

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A folder that is gone with its last owner.
final class TemporaryHome: Sendable {
    let path: String
    let user: UserFolder

    /// - Parameter depth: bytes in the path at least.
    init(depth: Int = 0) throws {
        let top = FileManager.default.temporaryDirectory
            .appending(path: "control-\(UUID().uuidString)").path
        var home = top
        while home.utf8.count < depth { home += "/" + String(repeating: "d", count: 40) }
        path = top
        user = IdentityHome(path: home).user(try UserName("alice"))
        try FileManager.default.createDirectory(
            atPath: user.path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var socket: String { user.path + "/control.sock" }

    func attributes(_ path: String) throws -> (type: FileAttributeType?, mode: Int?) {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.type] as? FileAttributeType, attributes[.posixPermissions] as? Int)
    }
}

/// A node with a control socket. It has no network: who is there is said by the test.
final class ControlledNode: Sendable {
    let home: TemporaryHome
    let node: Node
    let server: ControlServer
    let acts: AsyncStream<ControlAct>

    init(
        contacts: [Contact] = [contact("bob")], limits: ControlServer.Limits = .init(),
        depth: Int = 0
    ) async throws {
        home = try TemporaryHome(depth: depth)
        let store = try ChatStore.inMemory()
        for contact in contacts { try await store.save(contact) }
        let identity = try Identity.make(userName: UserName("alice"))
        node = try await Node.offline(
            userName: "alice", fingerprint: identity.fingerprint, contacts: store,
            messages: try await store.unlock(with: identity.privateKey), log: quiet,
            now: { noon })
        let (acts, continuation) = AsyncStream.makeStream(of: ControlAct.self)
        self.acts = acts
        server = try await ControlServer.start(
            for: node, in: home.user, on: Node.group.next(), limits: limits, now: { noon },
            log: quiet, acted: { continuation.yield($0) })
    }

    func client() async throws -> ControlClient {
        try #require(
            try await ControlClient.connect(
                to: home.user, on: Node.group.next(), greeting: 120, patience: 120))
    }

    /// Bob is there, and takes what he is sent; the link says what that was.
    func bobConnects() async -> CountingLink {
        let link = CountingLink()
        await node.sessionOpened(
            SessionID(1),
            SessionDetails(
                fingerprint: someFingerprint, certificateName: "bob", direction: .inbound,
                dialect: .native, remote: PeerAddress(host: "192.0.2.2", port: 40_000),
                dialled: nil, localHost: "192.0.2.1", hello: Hello(username: "bob"),
                security: "TLSv1.3"),
            link: link)
        return link
    }

    func bobSays(_ text: String) async {
        await node.received(
            [
                .message(
                    Message(id: .random(), sender: "bob", content: text, timestamp: noon))
            ], on: SessionID(1))
    }

    func bobConfirms(_ id: MessageID) async {
        await node.received([.receipt(Receipt(id: id, state: .delivered))], on: SessionID(1))
    }
}

/// A session's link that remembers the messages.
final class CountingLink: SessionLink {
    private let sent = Mutex<[Message]>([])
    var messages: [Message] { sent.withLock { $0 } }

    func send(_ frame: Frame) {
        if case .message(let message) = frame { sent.withLock { $0.append(message) } }
    }
    func close(_ bye: Bye) {}
    func setReading(_ reading: Bool) {}
    func probe() {}
}

extension ControlClient {
    /// The next event, which must have this name.
    func expect(
        _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ControlEvent {
        let event = try await next()
        #expect(event.name == name, "\(event.value)", sourceLocation: sourceLocation)
        return event
    }
}
