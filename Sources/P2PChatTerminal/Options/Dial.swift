import ArgumentParser
import P2PChat

/// `[NAME@]HOST:PORT`: where to connect, and whom to expect there.
struct Dial: Equatable, Sendable {
    var name: String?
    var address: PeerAddress

    /// Nil for what is no address. Without a port it is the usual one.
    init?(_ text: String, defaultPort: Int? = nil) {
        let place: Substring
        if let at = text.lastIndex(of: "@") {
            guard at > text.startIndex else { return nil }
            name = String(text[..<at])
            place = text[text.index(after: at)...]
        } else {
            place = text[...]
        }
        guard let address = PeerAddress(place, defaultPort: defaultPort), address.port > 0 else {
            return nil
        }
        self.address = address
    }
}

extension Dial: ExpressibleByArgument {
    init?(argument: String) {
        self.init(argument)
    }
}

extension PeerAddress {
    /// For the option that takes a proxy: by number, so that nobody has to be asked for it.
    static func proxy(_ text: String) throws -> PeerAddress {
        guard var address = PeerAddress(text), address.port > 0 else {
            throw ValidationError("it is ADDRESS:PORT, such as 127.0.0.1:9050")
        }
        if address.host == "localhost" {
            address = PeerAddress(host: "127.0.0.1", port: address.port)
        }
        guard address.isNumeric else {
            throw ValidationError("a name would be looked up here: give the proxy's number")
        }
        return address
    }

    /// For an option that takes an address.
    static func option(_ text: String) throws -> PeerAddress {
        guard let address = PeerAddress(text) else {
            throw ValidationError("it is ADDRESS:PORT, or [IPV6]:PORT")
        }
        return address
    }
}
