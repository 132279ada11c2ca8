import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the original program's discovery needs of the network; tests have one in memory.
protocol BroadcastNetwork: Sendable {
    func listen(_ receive: @escaping @Sendable (Datagram) -> Void)
    /// - Parameter address: an interface's broadcast address, in network order.
    func send(_ bytes: [UInt8], to address: [UInt8])
    func close()
}

/// IPv4 broadcast on one port, shared with other programs on this machine.
final class RealBroadcast: BroadcastNetwork {
    private struct State {
        var listener: DatagramListener?
        var isClosed = false
    }

    private let port: UInt16
    private let log: Logger
    private let state = Mutex(State())

    init(port: UInt16, log: Logger) {
        self.port = port
        self.log = log
    }

    func listen(_ receive: @escaping @Sendable (Datagram) -> Void) {
        guard let socket = UDPSocket.make(AF_INET) else { return }
        UDPSocket.share(socket)
        guard UDPSocket.bind(socket, AF_INET, port: port) else {
            log.warning(
                "announcements of the original program can't be heard: another program has the port",
                metadata: ["port": "\(port)", "reason": "\(String(cString: strerror(errno)))"])
            platformClose(socket)
            return
        }
        Task {
            do {
                let listener = try await DatagramListener(socket, receive)
                let isClosed = state.withLock { state in
                    state.listener = listener
                    return state.isClosed
                }
                if isClosed { listener.close() }
            } catch {
                log.warning(
                    "announcements can't be heard", metadata: ["reason": "\(error)"])
            }
        }
    }

    func send(_ bytes: [UInt8], to address: [UInt8]) {
        guard let socket = UDPSocket.make(AF_INET) else { return }
        defer { platformClose(socket) }
        UDPSocket.set(socket, SOL_SOCKET, SO_BROADCAST, 1)
        if !UDPSocket.send(bytes, socket, to: address, port: port, scope: 0) {
            log.debug("a broadcast was not sent")
        }
    }

    func close() {
        let listener = state.withLock { state in
            state.isClosed = true
            return state.listener
        }
        listener?.close()
    }
}

private func platformClose(_ descriptor: Int32) { _ = close(descriptor) }
