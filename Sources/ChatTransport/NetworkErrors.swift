import ChatCore
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension PeerAddress {
    /// A socket's address. An IPv4 address that came in through an IPv6 socket is written as what
    /// it is (RFC 4291, section 2.5.5.2).
    init?(_ address: SocketAddress?) {
        guard let address, let host = address.scopedHost, let port = address.port else {
            return nil
        }
        let mapped = "::ffff:"
        if host.hasPrefix(mapped), host.contains(".") {
            self.init(host: String(host.dropFirst(mapped.count)), port: port)
        } else {
            self.init(host: host, port: port)
        }
    }
}

/// What a person can do about an address that does not answer.
///
/// - Parameter name: what to call it at the beginning of a sentence, where not by the address.
func describe(
    dialling address: PeerAddress, _ error: any Error, as name: String? = nil
) -> String {
    let place = name ?? "\(address)"
    if let error = error as? NIOConnectionError {
        if let last = error.connectionErrors.last {
            return describe(dialling: address, last.error, as: name)
        }
        return "There is no host \"\(address.host)\": check its spelling, and that this machine "
            + "can look up names."
    }
    if error is SocketAddressError {
        return "There is no host \"\(address.host)\": check its spelling."
    }
    switch (error as? IOError)?.errnoCode {
    case ECONNREFUSED:
        return name == nil
            ? "\(place) refused the connection: check that p2pchat runs there and listens on "
                + "this port."
            : "\(place) refused the connection: check that it runs, and listens on this port."
    case ENETUNREACH, EHOSTUNREACH, ENETDOWN:
        return "There is no way to \(address): check the address and this machine's network."
    case EACCES, EPERM:
        return "This machine does not allow a connection to \(address): check its firewall."
    case ETIMEDOUT, nil:
        return "\(place) does not answer: check the address, and that no firewall stands in "
            + "between."
    case .some(let code):
        return "Can't connect to \(address): \(String(cString: strerror(code)))."
    }
}

/// How long to take no new connections after an error that waiting may mend: no more file
/// descriptors, or no memory. Trying again at once would only keep the processor busy.
@Sendable func pauseBeforeAccepting(after error: IOError) -> TimeAmount? {
    switch error.errnoCode {
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: .milliseconds(100)
    default: nil
    }
}

/// A connection that broke, in a few words.
func describe(connectionError error: any Error) -> String? {
    switch (error as? IOError)?.errnoCode {
    case ECONNRESET, EPIPE: "reset"
    case ETIMEDOUT: "timed out"
    case .some(let code): String(cString: strerror(code))
    case nil: nil
    }
}

extension NodeFailure {
    init(listeningAt address: PeerAddress, _ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init(
                .addressInUse,
                "Port \(address.port) is taken by another program: choose another with "
                    + "--listen \(PeerAddress(host: address.host, port: address.port + 1)), or end "
                    + "that one.")
        case EADDRNOTAVAIL:
            self.init(
                .cannotListen,
                "This machine has no address \(address.host) to listen on: give one of its own, "
                    + "or 0.0.0.0 for all of them.")
        case EACCES, EPERM:
            self.init(
                .cannotListen,
                "Listening on port \(address.port) is not allowed: choose one above 1023.")
        case .some(let code):
            self.init(
                .cannotListen, "Can't listen on \(address): \(String(cString: strerror(code))).")
        case nil:
            self.init(
                .badAddress,
                "\"\(address.host)\" is not an address to listen on: give one of this machine's, "
                    + "or 0.0.0.0 for all of them.")
        }
    }
}
