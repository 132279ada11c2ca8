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
        help: ArgumentHelp("How long a connection may take to come about.", valueName: "seconds"))
    var handshakeTimeout: Double = 10

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
        guard (0...65_535).contains(seedDiscoveryPort) else {
            throw ValidationError("--seed-discovery-port takes from 0 to 65535.")
        }
        for (name, value) in [("keepalive", keepalive), ("handshake-timeout", handshakeTimeout)] {
            guard value >= 0.1, value <= 86_400 else {
                throw ValidationError("--\(name) takes from 0.1 to 86400 seconds.")
            }
        }
    }
}
