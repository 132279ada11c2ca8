import ChatCore
import NIOCore
import NIOSOCKS

/// Why there is no connection through the proxy.
enum ProxyFailure: Error {
    /// There is no TCP connection with the proxy itself.
    case unreachable(any Error)
    case wantsPassword
    /// It was given by name, which would have to be looked up.
    case named
    /// What answers there does not speak SOCKS5.
    case isNone
    /// It did not connect us: the reply of RFC 1928, section 6.
    case reply(UInt8)
    case hungUp
    /// It took longer than a dial may.
    case silent
    /// It does not even answer a greeting.
    case noAnswer
    /// SOCKS has no way to say of which link an address is.
    case addressOfALink

    /// What NIO's SOCKS client says.
    init(_ error: any Error) {
        self =
            switch error {
            case let failure as ProxyFailure: failure
            case is SOCKSError.InvalidAuthenticationSelection: .wantsPassword
            case let failed as SOCKSError.ConnectionFailed: .reply(failed.reply.value)
            case is IOError, is ChannelError: .hungUp
            default: .isNone
            }
    }

    /// A sentence that says what to do.
    func explanation(of proxy: PeerAddress, dialling address: PeerAddress) -> String {
        let it = "The proxy at \(proxy)"
        return switch self {
        case .unreachable(let error):
            describe(dialling: proxy, error, as: it)
        case .wantsPassword:
            "\(it) wants a password, and p2pchat has none for it: let it take connections "
                + "without, or give another with --socks5."
        case .named:
            "The proxy \(proxy) was given by name: give its number, such as 127.0.0.1:9050."
        case .isNone:
            "What answers at \(proxy) is no SOCKS5 proxy: check the port given with --socks5."
        case .hungUp:
            "\(it) hung up before it had reached \(address): check that it is a SOCKS5 proxy, "
                + "and works."
        case .silent:
            "\(it) has not reached \(address) in time: check the address, and that the proxy works."
        case .noAnswer:
            "\(it) does not answer: check that it is a SOCKS5 proxy, and works."
        case .addressOfALink:
            "\(address) means something on this machine's link alone, and can't be reached "
                + "through a proxy: give another address."
        case .reply(let code):
            Self.explanation(code, it, address)
        }
    }

    private static func explanation(
        _ reply: UInt8, _ it: String, _ address: PeerAddress
    ) -> String {
        switch SOCKSServerReply(value: reply) {
        case .notAllowed:
            "\(it) does not allow a connection to \(address): check its rules."
        case .networkUnreachable, .hostUnreachable, .ttlExpired:
            "\(it) finds no way to \(address): check the address."
        case .refused:
            "\(address) refused the connection, which came through the proxy: check that p2pchat "
                + "runs there and listens on this port."
        case .commandUnsupported, .addressUnsupported:
            "\(it) can't connect to addresses such as \(address): give another address."
        default:
            "\(it) could not reach \(address) (reply \(reply)): check the address, and that "
                + "somebody listens there."
        }
    }
}
