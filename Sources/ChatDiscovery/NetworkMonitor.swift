import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Watches this machine's interfaces and addresses.
///
/// On Linux the kernel says when to look (rtnetlink); where it does not, or is not asked, they are
/// looked at every so often.
public final class NetworkMonitor: Sendable {
    /// The interfaces after each change; for one consumer.
    public let changes: AsyncStream<[NetworkInterface]>
    private let continuation: AsyncStream<[NetworkInterface]>.Continuation
    private let look: @Sendable () -> [NetworkInterface]
    private let sleep: @Sendable (Double) async throws -> Void
    private let state = Mutex(State())

    private struct State {
        var before: [NetworkInterface] = []
        var poll: Task<Void, Never>?
        var watch: Task<Void, Never>?
        var settling: Task<Void, Never>?
    }

    /// Seconds between two looks that nobody asked for.
    static let period = 10.0
    /// A change comes in several steps: wait for the last of them.
    static let settlingTime = 0.3

    public init(
        looking look: @escaping @Sendable () -> [NetworkInterface] = NetworkInterface.current,
        sleep: @escaping @Sendable (Double) async throws -> Void = {
            try await Task.sleep(for: .seconds($0))
        }
    ) {
        (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.look = look
        self.sleep = sleep
    }

    public func start() {
        let poll = Task { [weak self, sleep] in
            while (try? await sleep(Self.period)) != nil { self?.compare() }
        }
        let watch = Task { [weak self] in
            await KernelNotices.read { [weak self] in self?.noticed() }
        }
        let before = look()
        state.withLock {
            $0.before = before
            $0.poll = poll
            $0.watch = watch
        }
    }

    public func stop() {
        state.withLock {
            $0.poll?.cancel()
            $0.watch?.cancel()
            $0.settling?.cancel()
        }
        continuation.finish()
    }

    private func noticed() {
        let task = Task { [weak self, sleep] in
            guard (try? await sleep(Self.settlingTime)) != nil else { return }
            self?.compare()
        }
        state.withLock {
            $0.settling?.cancel()
            $0.settling = task
        }
    }

    func compare() {
        let now = look()
        let isNew = state.withLock { state in
            defer { state.before = now }
            return state.before != now
        }
        if isNew { continuation.yield(now) }
    }
}

/// What Linux says of its interfaces, rtnetlink(7): that something has changed, whatever it is.
private enum KernelNotices {
    static func read(_ notice: @escaping @Sendable () -> Void) async {
        #if os(Linux)
            guard let descriptor = open() else { return }
            let channel = try? await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Listener(notice))
                    }
                }
                .takingOwnershipOfDescriptor(input: descriptor).get()
            guard let channel else {
                close(descriptor)
                return
            }
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        #endif
    }

    #if os(Linux)
        /// `linux/netlink.h` and `linux/rtnetlink.h` are no part of Swift's C library.
        private static func open() -> Int32? {
            let (family, route, groups) = (Int32(16), Int32(0), UInt32(0x1 | 0x10 | 0x100))
            let kind = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            let descriptor = socket(family, kind, route)
            guard descriptor >= 0 else { return nil }
            // sockaddr_nl: family, padding, process (the kernel fills it in), groups.
            var address = [UInt32(family).littleEndian, 0, groups]
            #if _endian(big)
                address[0] = UInt32(family) << 16
            #endif
            let status = address.withUnsafeMutableBytes { bytes in
                let length = socklen_t(bytes.count)
                return bytes.withMemoryRebound(to: sockaddr.self) {
                    bind(descriptor, $0.baseAddress, length)
                }
            }
            guard status == 0 else {
                close(descriptor)
                return nil
            }
            return descriptor
        }

        private final class Listener: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            private let notice: @Sendable () -> Void

            init(_ notice: @escaping @Sendable () -> Void) {
                self.notice = notice
            }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) { notice() }
            func errorCaught(context: ChannelHandlerContext, error: any Error) {
                // Such as ENOBUFS: notices were lost, so there were some.
                notice()
                context.close(promise: nil)
            }
        }
    #endif
}
