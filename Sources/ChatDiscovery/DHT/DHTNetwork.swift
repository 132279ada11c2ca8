public import ChatCore
public import ChatIdentity
public import ChatValues
public import Logging

/// How to take part in the distributed hash table.
public struct DHTSettings: Sendable {
    /// Where to join; see ``publicBootstrap``.
    public var bootstrap: [PeerAddress]
    /// The UDP port; 0 for any free one.
    public var port: Int
    /// Keeps nodes that were met for the next start; nil for nowhere.
    public var folder: UserFolder?

    /// What the Jami project runs for everybody.
    public static let publicBootstrap = PeerAddress(host: "bootstrap.jami.net", port: 4_222)

    public init(
        bootstrap: [PeerAddress] = [Self.publicBootstrap], port: Int = 0, folder: UserFolder? = nil
    ) {
        self.bootstrap = bootstrap
        self.port = port
        self.folder = folder
    }

    /// Whether this program was built with the trait `DHT`.
    #if DHT
        public static let isBuiltIn = true
    #else
        public static let isBuiltIn = false
    #endif
}

extension DHTSource {
    /// Nil where this program was built without the table.
    public static func make(
        own: Fingerprint, discoverable: Identity?, settings: DHTSettings, log: Logger,
        now: @escaping @Sendable () -> Double
    ) -> DHTSource? {
        #if DHT
            DHTSource(own: own, discoverable: discoverable, log: log, now: now) {
                try DHTNetwork(settings, log: log)
            }
        #else
            nil
        #endif
    }
}

#if DHT
    /// OpenDHT's network, joined through nodes met before and those that are well known.
    final class DHTNetwork: DHTService {
        static let cacheName = "dht-nodes"
        /// For saying goodbye, in milliseconds: the program is to leave within two seconds.
        private static let patience: UInt32 = 300

        private let node: OpenDHTNode
        private let folder: UserFolder?
        private let log: Logger

        init(_ settings: DHTSettings, log: Logger) throws {
            node = try OpenDHTNode(.init(port: UInt16(clamping: settings.port)))
            folder = settings.folder
            self.log = log
            for known in readCache().nodes {
                node.insert(.init(id: known.id, host: known.host, port: known.port))
            }
            for place in settings.bootstrap {
                node.bootstrap(host: place.host, port: UInt16(clamping: place.port))
            }
        }

        func stop() {
            let peers = node.peers()
            node.stop(patience: Self.patience)
            // None where the network was away: those of the last time may be good yet.
            guard !peers.isEmpty else { return }
            write(
                NodeCache(peers.map { NodeCache.Node(id: $0.id, host: $0.host, port: $0.port) }))
        }

        private func readCache() -> NodeCache {
            guard let home = try? folder?.open(),
                let content = try? home.read(
                    Self.cacheName, limit: NodeCache.byteLimit, isPrivate: false)
            else { return NodeCache([]) }
            return NodeCache(parsing: content.withBytes { Array($0) })
        }

        private func write(_ cache: NodeCache) {
            guard let folder else { return }
            let new = Self.cacheName + ".new"
            do {
                let home = try folder.open()
                try? home.remove(new)
                try home.write(SecretBytes(copying: cache.bytes), to: new, mode: 0o600)
                try home.rename(new, to: Self.cacheName)
            } catch {
                log.info("the DHT's nodes are not kept", metadata: ["reason": "\(error)"])
            }
        }

        func put(
            _ value: [UInt8], under key: DHTKey, id: UInt64,
            done: @escaping @Sendable (Bool) -> Void
        ) {
            node.put(value, under: key, id: id, done: done)
        }
        func cancelPut(_ key: DHTKey, id: UInt64) { node.cancelPut(key, id: id) }
        func get(_ key: DHTKey) async -> [[UInt8]] { await node.get(key) }
        func listen(
            _ key: DHTKey, _ value: @escaping @Sendable ([UInt8]) -> Void
        ) -> DHTListening {
            node.listen(key, value)
        }
        func cancelListen(_ listening: DHTListening) { node.cancelListen(listening) }
        func connectivityChanged() { node.connectivityChanged() }
        var publicAddresses: [[UInt8]] { node.publicAddresses }
        var health: DHTHealth { node.health }
    }
#endif
