#if DHT
    import COpenDHT
    import Synchronization

    /// A node of OpenDHT, with a thread of its own. Owns the C node.
    ///
    /// What its callbacks hold is given back when no callback can come any more.
    package final class OpenDHTNode: DHTService {
        package struct Configuration: Sendable {
            /// The UDP port; 0 for any free one.
            package var port: UInt16
            /// Local addresses, without names; nil twice for all.
            package var bind4: String?
            package var bind6: String?
            /// 0 is the public network.
            package var network: UInt32
            /// For networks on one machine alone.
            package var isUnlimited: Bool

            package init(
                port: UInt16 = 0, bind4: String? = nil, bind6: String? = nil, network: UInt32 = 0,
                isUnlimited: Bool = false
            ) {
                self.port = port
                self.bind4 = bind4
                self.bind6 = bind6
                self.network = network
                self.isUnlimited = isUnlimited
            }
        }

        /// In OpenDHT's words.
        package struct Failure: Error, CustomStringConvertible {
            package let description: String
        }

        /// What the node knows of its network.
        package struct Status: Sendable {
            package enum Connection: Int32, Comparable, Sendable {
                case disconnected, connecting, connected

                package static func < (left: Connection, right: Connection) -> Bool {
                    left.rawValue < right.rawValue
                }
            }

            /// The better of IPv4's and IPv6's.
            package let connection: Connection
            /// Nodes that answer, IPv4 and IPv6 together.
            package let good: Int
            /// Nodes that may answer.
            package let dubious: Int
            /// The UDP port; nil where none was bound.
            package let port: UInt16?
            /// Values kept for others.
            package let stored: Int
        }

        /// A node that was met, worth asking at the next start.
        package struct Peer: Hashable, Sendable {
            package let id: DHTKey
            /// The text of an address.
            package let host: String
            package let port: UInt16

            package init(id: DHTKey, host: String, port: UInt16) {
                self.id = id
                self.host = host
                self.port = port
            }
        }

        /// Nil once it has stopped. The lock is held over each call, so that none comes after the
        /// end; OpenDHT only queues what it is asked, and no callback takes this lock.
        private let node: Mutex<Handle?>

        private struct Handle: @unchecked Sendable {
            // OpenDHT's runner may be used from any thread.
            let pointer: OpaquePointer
        }

        package init(_ configuration: Configuration) throws(Failure) {
            var error = [CChar](repeating: 0, count: 256)
            let pointer = Self.withOptional(configuration.bind4) { bind4 in
                Self.withOptional(configuration.bind6) { bind6 in
                    var options = copendht_options(
                        bind4: bind4, bind6: bind6, port: configuration.port,
                        network: configuration.network,
                        is_unlimited: configuration.isUnlimited)
                    return copendht_start(&options, &error, error.count)
                }
            }
            guard let pointer else {
                let text = error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                throw Failure(description: String(decoding: text, as: UTF8.self))
            }
            node = Mutex(Handle(pointer: pointer))
        }

        deinit {
            if let handle = node.withLock({ $0.take() }) { copendht_stop(handle.pointer, 0) }
        }

        /// Blocks until the node's thread has ended.
        ///
        /// - Parameter patience: for saying goodbye to the network, in milliseconds.
        package func stop(patience: UInt32) {
            if let handle = node.withLock({ $0.take() }) {
                copendht_stop(handle.pointer, patience)
            }
        }

        /// Joins the network through a node that is known by a name or an address.
        package func bootstrap(host: String, port: UInt16) {
            with { copendht_bootstrap($0, host, String(port)) }
        }

        /// Joins the network through nodes that were met before. False for those whose host is not
        /// an address.
        @discardableResult
        package func insert(_ peer: Peer) -> Bool {
            with { copendht_insert($0, peer.id.bytes, peer.host, peer.port) } ?? false
        }

        package func peers() -> [Peer] {
            var found: [Peer] = []
            with { node in
                withUnsafeMutablePointer(to: &found) { found in
                    copendht_export(
                        node,
                        { context, id, host, port in
                            guard let context, let id, let host,
                                let key = DHTKey(
                                    UnsafeBufferPointer(start: id, count: DHTKey.length))
                            else { return }
                            context.assumingMemoryBound(to: [Peer].self).pointee.append(
                                Peer(id: key, host: String(cString: host), port: port))
                        }, found)
                }
            }
            return found
        }

        package var status: Status? {
            guard let info = with({ copendht_get_info($0) }) else { return nil }
            let port = info.port4 > 0 ? info.port4 : info.port6
            return Status(
                connection: Status.Connection(rawValue: max(info.state4, info.state6))
                    ?? .disconnected,
                good: Int(info.good4) + Int(info.good6),
                dubious: Int(info.dubious4) + Int(info.dubious6), port: port > 0 ? port : nil,
                stored: info.stored_values)
        }

        package func put(
            _ value: [UInt8], under key: DHTKey, id: UInt64,
            done: @escaping @Sendable (Bool) -> Void
        ) {
            let accepted = with { node in
                copendht_put(
                    node, key.bytes, id, value, value.count,
                    { context, succeeded in
                        guard let context else { return }
                        Box<@Sendable (Bool) -> Void>.at(context)(succeeded)
                    }, releaseBox, Box(done).retained())
            }
            if accepted != true { done(false) }
        }

        package func cancelPut(_ key: DHTKey, id: UInt64) {
            with { copendht_cancel_put($0, key.bytes, id) }
        }

        package func get(_ key: DHTKey) async -> [[UInt8]] {
            await withCheckedContinuation { continuation in
                let lookup = Lookup(continuation)
                let asked: Void? = with { node in
                    copendht_get(
                        node, key.bytes,
                        { context, bytes, length in
                            guard let context else { return false }
                            return Box<Lookup>.at(context).add(
                                Array(UnsafeBufferPointer(start: bytes, count: length)))
                        },
                        { context, _ in
                            if let context { Box<Lookup>.at(context).finish() }
                        }, releaseBox, Box(lookup).retained())
                }
                if asked == nil { lookup.finish() }
            }
        }

        package func listen(
            _ key: DHTKey, _ value: @escaping @Sendable ([UInt8]) -> Void
        ) -> DHTListening {
            let token = with { node in
                copendht_listen(
                    node, key.bytes,
                    { context, bytes, length in
                        guard let context else { return false }
                        Box<@Sendable ([UInt8]) -> Void>.at(context)(
                            Array(UnsafeBufferPointer(start: bytes, count: length)))
                        return true
                    }, releaseBox, Box(value).retained())
            }
            return DHTListening(token: token ?? 0)
        }

        package func cancelListen(_ listening: DHTListening) {
            with { copendht_cancel_listen($0, listening.token) }
        }

        package func connectivityChanged() {
            with { copendht_connectivity_changed($0) }
        }

        package var health: DHTHealth {
            let status = status
            return DHTHealth(nodes: status?.good ?? 0, port: status?.port.map { Int($0) })
        }

        package func stop() { stop(patience: 0) }

        package var publicAddresses: [[UInt8]] {
            var found: [[UInt8]] = []
            with { node in
                withUnsafeMutablePointer(to: &found) { found in
                    copendht_public_addresses(
                        node,
                        { context, bytes, length in
                            guard let context, let bytes else { return }
                            context.assumingMemoryBound(to: [[UInt8]].self).pointee.append(
                                Array(UnsafeBufferPointer(start: bytes, count: length)))
                        }, found)
                }
            }
            return found
        }

        /// Nil once the node has stopped.
        @discardableResult
        private func with<Value: Sendable>(_ body: (OpaquePointer) -> Value) -> Value? {
            node.withLock { handle in
                handle.map { body($0.pointer) }
            }
        }

        private static func withOptional<Value>(
            _ text: String?, _ body: (UnsafePointer<CChar>?) -> Value
        ) -> Value {
            guard let text else { return body(nil) }
            return text.withCString(body)
        }
    }
#endif
