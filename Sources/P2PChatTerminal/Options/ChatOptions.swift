import ArgumentParser
import P2PChat

/// What the chat itself takes.
struct ChatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where to listen; else [::]:5555.", valueName: "addr:port"),
        transform: PeerAddress.option)
    var listen: PeerAddress?

    @Flag(help: "Do not listen: nobody can connect to you, only you to others.")
    var noListen = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Connect to a contact. May be repeated.", valueName: "[name@]host:port"))
    var connect: [Dial] = []

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Trust the certificates in this file for good. May be repeated.", valueName: "file"))
    var trust: [String] = []

    @Flag(help: "Trust an unknown certificate that answers where you connect to, unasked.")
    var acceptNew = false

    @Flag(help: "Do not look for contacts on the local network, nor let them find you there.")
    var noBeacon = false

    @Flag(
        help: """
            Tell everybody your name, fingerprint and addresses, on the local network and in the \
            distributed hash table.
            """)
    var discoverable = false

    @OptionGroup(title: "Across the internet") var internet: InternetOptions

    @Option(
        help: ArgumentHelp(
            """
            Connect through this SOCKS5 proxy alone, such as Tor's: no name is looked up here, \
            nobody finds you, and you listen only where --listen says.
            """, valueName: "host:port"),
        transform: PeerAddress.proxy)
    var socks5: PeerAddress?

    @Option(
        help: ArgumentHelp(
            "With --insecure: the UDP port of the original program's broadcasts; 0 for none.",
            valueName: "port"))
    var seedDiscoveryPort = ChatConfiguration.Discovery.usualSeedPort

    @Option(help: ArgumentHelp("Begin a conversation with this contact.", valueName: "name"))
    var to: String?

    @Flag(help: "Mutual TLS, which is what happens anyway.")
    var tls = false

    @Flag(help: "Open the desktop window, with the same options.")
    var gui = false

    @Flag(help: "Plain text without encryption, for tests with the original program.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "After so many seconds of silence see whether the other side is there.",
            valueName: "seconds"))
    var keepalive: Double = 30

    @Option(
        help: ArgumentHelp(
            "How long a connection may take to come about; else 10, or 60 through a proxy.",
            valueName: "seconds"))
    var handshakeTimeout: Double?

    func validate() throws {
        if tls && insecure {
            throw ValidationError("--tls and --insecure exclude each other: give one of them.")
        }
        if listen != nil && noListen {
            throw ValidationError("--listen and --no-listen exclude each other: give one of them.")
        }
        if insecure && (!trust.isEmpty || acceptNew) {
            throw ValidationError(
                "--insecure knows no certificates: leave --trust and --accept-new away.")
        }
        if insecure && discoverable {
            throw ValidationError(
                "--insecure has no certificate to announce: leave --discoverable away.")
        }
        if insecure && internet.isAsked {
            throw ValidationError(
                "--insecure stays on the networks that you know: leave --dht-bootstrap and "
                    + "--dht-port away.")
        }
        if socks5 != nil { try validateProxy() }
        guard (0...65_535).contains(seedDiscoveryPort) else {
            throw ValidationError("--seed-discovery-port takes from 0 to 65535.")
        }
        let times = [("keepalive", keepalive), ("handshake-timeout", handshakeTimeout ?? 10)]
        for (name, value) in times {
            guard value >= 0.1, value <= 86_400 else {
                throw ValidationError("--\(name) takes from 0.1 to 86400 seconds.")
            }
        }
    }

    /// What would show others this machine's address, and the proxy's user wants least of all.
    private func validateProxy() throws {
        if discoverable {
            throw ValidationError(
                "--discoverable tells everybody your address, which --socks5 keeps to itself: give "
                    + "one of them.")
        }
        if internet.isAsked {
            throw ValidationError(
                "The distributed hash table does not go through a proxy: leave --dht-bootstrap and "
                    + "--dht-port away, or --socks5.")
        }
        if ![0, ChatConfiguration.Discovery.usualSeedPort].contains(seedDiscoveryPort) {
            throw ValidationError(
                "Broadcasts do not go through a proxy: leave --seed-discovery-port away, or "
                    + "--socks5.")
        }
        if let listen, !listen.isNumeric, listen.host != "localhost" {
            throw ValidationError(
                "With --socks5 no name is looked up here: give --listen a number, such as "
                    + "127.0.0.1:\(listen.port).")
        }
    }

    /// Where to listen: with a proxy nowhere, unless the user says so.
    var listening: ChatConfiguration.Listening {
        noListen ? .off : listen.map { .at($0) } ?? .usual
    }

    /// Seconds. A circuit through several machines takes its time.
    var patience: Double { handshakeTimeout ?? (socks5 == nil ? 10 : 60) }
}
