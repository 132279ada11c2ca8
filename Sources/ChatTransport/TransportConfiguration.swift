public import ChatCore
public import ChatTLS
public import NIOCore

/// How connections are made and how long anything may take.
public struct TransportConfiguration: Sendable {
    public enum Security: Sendable {
        case tls(TLSContext)
        /// Plain text in the seed dialect, for `--insecure`.
        case plain
    }

    public var security: Security
    /// What our hello says.
    public var userName: String
    /// Tells this run of the program from the next, for peers that see two sessions of ours.
    public var instance: String
    /// A SOCKS5 proxy (RFC 1928) that every dial goes through, by number; nil dials directly.
    public var proxy: PeerAddress?
    public var limits: Limits

    public init(
        security: Security, userName: String, instance: String = Self.randomInstance(),
        proxy: PeerAddress? = nil, limits: Limits = Limits()
    ) {
        self.security = security
        self.userName = userName
        self.instance = instance
        self.proxy = proxy
        self.limits = limits
    }

    /// 16 random hexadecimal digits.
    public static func randomInstance() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    public struct Limits: Sendable {
        /// From the first byte of a connection (outgoing: from the first SYN) to the peer's hello.
        public var establish = TimeAmount.seconds(10)
        /// How long after the handshake a server that says no hello has to refuse our certificate.
        public var verdict = TimeAmount.seconds(1)
        /// Nothing heard for so long: ask for a sign of life.
        public var idle = TimeAmount.seconds(30)
        /// Nothing heard, or nothing taken off our hands, for so long: the peer is gone.
        public var dead = TimeAmount.seconds(75)
        /// A probe's answer.
        public var probe = TimeAmount.seconds(10)
        /// What an ack of the seed dialect may take.
        public var seedAck = TimeAmount.seconds(10)
        /// Our goodbye, once the program is to end.
        public var leave = TimeAmount.milliseconds(1_500)
        /// Connections that are not sessions yet: in all, and from one address.
        public var unfinished = 256
        public var unfinishedPerAddress = 64
        public var sessions = 4_096
        /// Bytes on their way out of one session. Above it nothing more is read from the peer.
        /// Higher than anything that our own messages in flight can come to, so that two peers
        /// that write to each other can't both wait for the other to read.
        public var outgoing = 8 << 20
        public var backoff = Backoff.Limits()

        public init() {}

        /// Sessions are looked at on a multiple of this, so that many of them share a wake-up.
        var tick: TimeAmount { min(.seconds(1), .nanoseconds(max(1, idle.nanoseconds / 30))) }

        var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
            ChannelOptions.Types.WriteBufferWaterMark(low: outgoing / 2, high: outgoing)
        }
    }
}
