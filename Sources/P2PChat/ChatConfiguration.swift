public import ChatCore
public import ChatIdentity
public import Logging

/// What a running node is made from.
public struct ChatConfiguration: Sendable {
    public enum Mode: Sendable {
        /// Mutual TLS with the contacts in this store; what is said is kept in the other. Settings
        /// are kept with the contacts. Without a place for the secrets that contacts share with us
        /// they are not found by beacon.
        case secure(
            Identity, contacts: any TrustStore & PreferenceStore,
            messages: any MessageStore,
            rendezvous: (any RendezvousStore)? = nil)
        /// Plain text in the seed dialect. No contacts, no identity, nothing kept.
        case insecure(userName: String)
    }

    public enum Listening: Sendable {
        /// Every address of this machine, on the mode's usual port; nowhere with a proxy.
        case usual
        /// Every address of this machine, on this port; nowhere with a proxy.
        case everywhere(port: Int)
        case at(PeerAddress)
        case off

        /// Only this machine can reach us: there is nothing to announce to others.
        public var isLoopback: Bool {
            switch self {
            case .usual, .everywhere, .off: false
            case .at(let address): address.isLoopback
            }
        }

        /// Where that is on this machine; nil for nowhere.
        ///
        /// - Parameter usualPort: the mode's.
        func address(usualPort: Int, isProxied: Bool) -> PeerAddress? {
            switch self {
            case .at(let address): address
            case .off: nil
            // Whoever reached us there would see our certificate beside our address.
            case .usual where isProxied, .everywhere where isProxied: nil
            case .usual: Self.anyHost(port: usualPort)
            case .everywhere(let port): Self.anyHost(port: port)
            }
        }

        private static func anyHost(port: Int) -> PeerAddress {
            PeerAddress(host: Node.hasIPv6 ? "::" : "0.0.0.0", port: port)
        }
    }

    /// The usual ports. Plain text has its own, so that neither is taken for the other.
    public static let securePort = 5_555
    public static let insecurePort = 5_556

    public var mode: Mode
    public var listening: Listening
    /// Trust an unknown certificate that answers where we dial.
    public var acceptNew: Bool
    /// Seconds of silence before a ping; a peer is given up after two and a half times that.
    public var keepAlive: Double
    /// Seconds for TCP, TLS handshake and hello together.
    public var handshakeTimeout: Double
    /// A SOCKS5 proxy, by number, that every dial goes through. With it names are looked up by the
    /// proxy alone, all of ``discovery`` is off whatever it says, nobody is told where we are, and
    /// ``listening`` is off but where it names an address.
    public var proxy: PeerAddress?
    public var discovery: Discovery
    public var log: Logger

    public init(
        mode: Mode, listening: Listening = .usual, acceptNew: Bool = false,
        keepAlive: Double = 30, handshakeTimeout: Double = 10, proxy: PeerAddress? = nil,
        discovery: Discovery = Discovery(), log: Logger
    ) {
        self.mode = mode
        self.listening = listening
        self.acceptNew = acceptNew
        self.keepAlive = keepAlive
        self.handshakeTimeout = handshakeTimeout
        self.proxy = proxy
        self.discovery = discovery
        self.log = log
    }
}
