import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the kernel is told about every connection.
enum SocketOptions {
    typealias Option = ChannelOptions.Types.SocketOption

    /// A frame is not held back for the next, and a peer whose machine is gone is noticed within
    /// about two minutes. The seed dialect has no ping, so there it is the only way to know; in
    /// the native one the kernel's silence costs nothing.
    static let all: [(option: Option, value: Int)] =
        [
            (.tcp(.tcp_nodelay), 1),
            (.socket(.so_keepalive), 1),
        ] + timing.map { (.tcp(NIOBSDSocket.Option(rawValue: $0.name)), $0.value) }

    /// Silence before the first probe and between probes, both in seconds, and how many of them go
    /// unanswered; and how long what we have sent may stay unacknowledged, for which the kernel
    /// would otherwise wait a quarter of an hour.
    private static var timing: [(name: CInt, value: Int)] {
        #if canImport(Darwin)
            [
                (TCP_KEEPALIVE, 60), (TCP_KEEPINTVL, 15), (TCP_KEEPCNT, 4),
                (TCP_RXT_CONNDROPTIME, 120),
            ]
        #else
            // The last in milliseconds.
            [
                (TCP_KEEPIDLE, 60), (TCP_KEEPINTVL, 15), (TCP_KEEPCNT, 4),
                (TCP_USER_TIMEOUT, 120_000),
            ]
        #endif
    }
}

extension ChannelOptions.Types.SocketOption {
    fileprivate static func tcp(_ name: NIOBSDSocket.Option) -> Self {
        Self(level: .tcp, name: name)
    }

    fileprivate static func socket(_ name: NIOBSDSocket.Option) -> Self {
        Self(level: .socket, name: name)
    }
}
