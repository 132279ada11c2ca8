public import ChatCore
import ChatTransport
public import ChatValues
public import Logging
import NIOCore
import NIOPosix

extension Node {
    /// A node without a network: what changes contacts and requests while no chat goes on, and
    /// with messages what queues and looks at those.
    public static func offline(
        userName: String, fingerprint: Fingerprint, contacts: any TrustStore & PreferenceStore,
        messages: (any MessageStore)? = nil, log: Logger, now: @escaping @Sendable () -> Double
    ) async throws(NodeFailure) -> Node {
        let storage: NodeStorage =
            if let messages {
                .everything(contacts: contacts, messages: messages, preferences: contacts)
            } else {
                .contacts(contacts)
            }
        let node = Node(
            Configuration(userName: userName, fingerprint: fingerprint, now: now),
            storage: storage,
            thread: NodeThread(group.next()),
            log: log)
        try await node.start(on: NoNetwork(), listen: nil)
        return node
    }
}

private struct NoNetwork: Transport {
    func listen(on address: PeerAddress) async throws(NodeFailure) -> PeerAddress {
        throw NodeFailure(.cannotListen, "There is no network here.")
    }
    func dial(_ address: PeerAddress, expecting fingerprint: Fingerprint?) {}
    func keepReaching(_ fingerprint: Fingerprint, at addresses: [PeerAddress]) {}
    func stopReaching(_ fingerprint: Fingerprint) {}
    func stop() async {}
}
