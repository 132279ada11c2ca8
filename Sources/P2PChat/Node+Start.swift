public import ChatCore
import ChatDiscovery
import ChatTLS
import ChatTransport
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Node {
    /// One thread carries every connection and the node itself. It lives as long as the process.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Puts the parts together and starts them: after this the node listens, and goes after the
    /// contacts whose addresses it knows. Its first event says where it listens.
    ///
    /// - Throws: ``NodeFailure``, a sentence for the user: the port is taken, the contacts can't
    ///   be read.
    public static func start(_ configuration: ChatConfiguration) async throws(NodeFailure) -> Node {
        if let proxy = configuration.proxy, !proxy.isNumeric || proxy.port == 0 {
            throw NodeFailure(
                .badAddress,
                "The proxy \(proxy) has to be given by number, such as 127.0.0.1:9050: with it no "
                    + "name is looked up here.")
        }
        let loop = group.next()
        let security: TransportConfiguration.Security
        let own: Node.Configuration
        let storage: NodeStorage
        switch configuration.mode {
        case .secure(let identity, let contacts, let messages, let rendezvous):
            do {
                security = .tls(try TLSContext(identity: identity))
            } catch {
                throw NodeFailure(.badCertificate, "Your identity can't be used: \(error)")
            }
            own = Node.Configuration(
                userName: identity.userName, fingerprint: identity.fingerprint,
                acceptNew: configuration.acceptNew, proxy: configuration.proxy,
                now: secondsSince1970)
            storage = .everything(
                contacts: contacts, messages: messages, preferences: contacts,
                rendezvous: rendezvous)
        case .insecure(let userName):
            security = .plain
            own = Node.Configuration(
                userName: userName, fingerprint: nil, proxy: configuration.proxy,
                now: secondsSince1970)
            storage = .nothing
        }
        let node = Node(own, storage: storage, thread: NodeThread(loop), log: configuration.log)
        var settings = TransportConfiguration(
            security: security, userName: own.userName, proxy: configuration.proxy)
        settings.limits.establish = .seconds(configuration.handshakeTimeout)
        settings.limits.idle = .seconds(configuration.keepAlive)
        settings.limits.dead = .seconds(configuration.keepAlive * 2.5)
        do {
            let transport = try await TCPTransport.make(
                on: loop, configuration: settings, node: node, log: configuration.log)
            let discovery = DiscoveryService(
                sources: configuration.sources, monitor: NetworkMonitor())
            let port =
                switch security {
                case .tls: ChatConfiguration.securePort
                case .plain: ChatConfiguration.insecurePort
                }
            try await node.start(
                on: transport,
                listen: configuration.listening.address(
                    usualPort: port, isProxied: configuration.proxy != nil),
                discovery: discovery)
        } catch let failure as NodeFailure {
            await node.stop()
            throw failure
        } catch {
            throw NodeFailure(.cannotListen, "The network can't be used: \(error)")
        }
        return node
    }

    /// Whether this machine's kernel has IPv6; a socket on `::` takes IPv4 as well.
    static var hasIPv6: Bool {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET6, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}

extension TimeAmount {
    /// Rounded to the millisecond.
    fileprivate static func seconds(_ seconds: Double) -> TimeAmount {
        .milliseconds(Int64((seconds * 1_000).rounded()))
    }
}

/// The wall clock, in seconds since 1970.
@Sendable func secondsSince1970() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
}
