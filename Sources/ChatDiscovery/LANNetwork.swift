import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a beacon needs of the network; tests have one in memory.
protocol LANNetwork: Sendable {
    /// Hears the group on these interfaces, and on no others any more.
    func listen(
        on interfaces: [NetworkInterface], _ receive: @escaping @Sendable (Datagram) -> Void)
    func send(_ datagrams: [[UInt8]], on interface: NetworkInterface)
    func close()
}

/// Multicast on the machine's own interfaces.
final class RealLAN: LANNetwork {
    private struct State {
        var listeners: [DatagramListener] = []
        /// Counts the calls, so that one that was overtaken leaves no socket behind.
        var generation = 0
    }

    private let log: Logger
    private let state = Mutex(State())

    init(log: Logger) {
        self.log = log
    }

    func listen(
        on interfaces: [NetworkInterface], _ receive: @escaping @Sendable (Datagram) -> Void
    ) {
        let generation = renew()
        for group in LANGroup.allCases
        where interfaces.contains(where: group.isSpoken) {
            guard let socket = group.listeningSocket(on: interfaces) else {
                log.warning(
                    "no beacons can be heard",
                    metadata: [
                        "group": "\(group)", "reason": "\(String(cString: strerror(errno)))",
                    ]
                )
                continue
            }
            Task {
                do {
                    let listener = try await DatagramListener(socket) { datagram in
                        // What was sent to us alone may come from anywhere.
                        if datagram.destination == group.address { receive(datagram) }
                    }
                    keep(listener, generation)
                } catch {
                    log.warning("no beacons can be heard", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private func keep(_ listener: DatagramListener, _ generation: Int) {
        let isCurrent = state.withLock { state in
            guard state.generation == generation else { return false }
            state.listeners.append(listener)
            return true
        }
        if !isCurrent { listener.close() }
    }

    private func renew() -> Int {
        let (old, generation) = state.withLock { state in
            defer { state.listeners = [] }
            state.generation += 1
            return (state.listeners, state.generation)
        }
        for listener in old { listener.close() }
        return generation
    }

    func send(_ datagrams: [[UInt8]], on interface: NetworkInterface) {
        for group in LANGroup.allCases where group.isSpoken(on: interface) {
            guard !group.send(datagrams, on: interface) else { continue }
            log.debug(
                "a beacon was not sent",
                metadata: ["interface": "\(interface.name)", "group": "\(group)"])
        }
    }

    func close() { _ = renew() }
}

/// The wall clock, in seconds since 1970.
@Sendable func secondsSince1970() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
}
