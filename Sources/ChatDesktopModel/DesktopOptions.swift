public import P2PChat

/// What `p2pchat-gtk` takes on its command line: the part of `p2pchat`'s options that makes sense
/// for a window.
public struct DesktopOptions: Sendable {
    public var home: String?
    public var user: UserName?
    public var insecure = false
    public var listen: PeerAddress?
    public var noListen = false
    /// `[NAME@]HOST:PORT`, as the contact's name and the address.
    public var connect: [(name: String?, address: PeerAddress)] = []
    public var trust: [String] = []
    public var acceptNew = false
    public var passphraseFile: String?
    public var passphraseDescriptor: Int32?
    public var discovery = DiscoveryOptions()

    public init() {}

    public static let help = """
        p2pchat-gtk: the window of p2pchat.

          --home DIR               the folder that holds the users' folders; else P2PCHAT_HOME
          --user NAME              who you are; else the only identity there is
          --listen ADDR:PORT       where to listen; else what the preferences say
          --no-listen              do not listen
          --connect [NAME@]HOST:PORT   connect to a contact; may be repeated
          --trust FILE             trust the certificates in this file for good; may be repeated
          --accept-new             trust an unknown certificate that answers where you connect to
          --no-beacon              neither look for contacts on the local network nor be found there
          --discoverable           tell everybody your name, fingerprint and addresses
          --no-dht                 stay out of the distributed hash table
          --dht-bootstrap HOST:PORT    where to join it; may be repeated
          --dht-port PORT          its UDP port
          --no-port-mapping        do not ask the router for a port
          --seed-discovery-port PORT   with --insecure: the original's broadcasts; 0 for none
          --insecure               plain text, to talk to the original program
          --passphrase-file FILE   a file with the key's passphrase in its first line
          --passphrase-fd N        an open file descriptor to read it from
          --version, --help
        """

    /// What the arguments ask for.
    public enum Request: Sendable {
        case window(DesktopOptions)
        case help, version
    }

    /// - Throws: ``NodeFailure`` for what can't be understood.
    public static func parse(_ arguments: [String]) throws(NodeFailure) -> Request {
        var options = DesktopOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1)
            let name = parts.first.map(String.init) ?? ""
            var given = parts.count > 1 ? String(parts[1]) : nil
            func value() throws(NodeFailure) -> String {
                guard let value = given ?? rest.popFirst() else {
                    throw failure("\(name) needs a value after it")
                }
                given = nil
                return value
            }
            switch name {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--home": options.home = try value()
            case "--user": options.user = try userName(try value())
            case "--listen": options.listen = try address(try value())
            case "--connect": options.connect.append(try dial(try value()))
            case "--trust": options.trust.append(try value())
            case "--passphrase-file": options.passphraseFile = try value()
            case "--passphrase-fd":
                guard let number = Int32(try value()), number >= 0 else {
                    throw failure("--passphrase-fd takes the number of an open file descriptor")
                }
                options.passphraseDescriptor = number
            case "--no-listen": options.noListen = true
            case "--accept-new": options.acceptNew = true
            case "--insecure": options.insecure = true
            case "--tls", "--gui": break
            case "--no-beacon": options.discovery.noBeacon = true
            case "--discoverable": options.discovery.discoverable = true
            case "--no-dht": options.discovery.noDHT = true
            case "--no-port-mapping": options.discovery.noPortMapping = true
            case "--dht-bootstrap":
                options.discovery.bootstrap.append(try bootstrap(try value()))
                // Several may stand after it.
                while let next = rest.first, !next.hasPrefix("-") {
                    options.discovery.bootstrap.append(try bootstrap(next))
                    rest.removeFirst()
                }
            case "--dht-port": options.discovery.dhtPort = try port(name, try value(), from: 1)
            case "--seed-discovery-port":
                options.discovery.seedPort = try port(name, try value(), from: 0)
            default:
                throw failure("there is no option \(SafeText.singleLine(argument, limit: 80))")
            }
        }
        try options.check()
        return .window(options)
    }

    private func check() throws(NodeFailure) {
        if listen != nil && noListen {
            throw Self.failure("--listen and --no-listen exclude each other: give one of them")
        }
        if passphraseFile != nil && passphraseDescriptor != nil {
            throw Self.failure(
                "--passphrase-file and --passphrase-fd exclude each other: give one of them")
        }
        let usesKey = passphraseFile != nil || passphraseDescriptor != nil
        if insecure && (!trust.isEmpty || acceptNew || usesKey) {
            throw Self.failure(
                "--insecure knows no certificates: leave --trust, --accept-new and the passphrase "
                    + "away")
        }
        if insecure && discovery.discoverable {
            throw Self.failure(
                "--insecure has no certificate to announce: leave --discoverable away")
        }
        if discovery.noDHT && discovery.asksForDHT {
            throw Self.failure(
                "--no-dht excludes --dht-bootstrap and --dht-port: give one or the other")
        }
        if discovery.asksForDHT && !ChatConfiguration.Discovery.reachesTheInternet {
            throw Self.failure(
                "this was built without the DHT: leave --dht-bootstrap and --dht-port away, or "
                    + "build it with the trait DHT as well")
        }
    }

    private static func bootstrap(_ text: String) throws(NodeFailure) -> PeerAddress {
        guard let address = PeerAddress(text), address.port > 0 else {
            throw failure("--dht-bootstrap takes HOST:PORT with a port from 1 to 65535")
        }
        return address
    }

    private static func port(
        _ name: String, _ text: String, from least: Int
    ) throws(NodeFailure) -> Int {
        guard let port = Int(text), (least...65_535).contains(port) else {
            throw failure("\(name) takes from \(least) to 65535")
        }
        return port
    }

    private static func failure(_ text: String) -> NodeFailure {
        NodeFailure(.badCommand, text + "; p2pchat-gtk --help says what there is.")
    }

    private static func userName(_ text: String) throws(NodeFailure) -> UserName {
        do {
            return try UserName(text)
        } catch {
            throw failure("\(error)")
        }
    }

    private static func address(_ text: String) throws(NodeFailure) -> PeerAddress {
        guard let address = PeerAddress(text, defaultPort: ChatConfiguration.securePort) else {
            throw failure("\(SafeText.singleLine(text, limit: 80)) is no address")
        }
        return address
    }

    private static func dial(_ text: String) throws(NodeFailure) -> (String?, PeerAddress) {
        guard let at = text.lastIndex(of: "@") else { return (nil, try address(text)) }
        return (String(text[..<at]), try address(String(text[text.index(after: at)...])))
    }
}
