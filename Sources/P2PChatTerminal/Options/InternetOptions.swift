import ArgumentParser
import P2PChat

/// How contacts who are not on the same network find each other.
struct InternetOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Where to join the distributed hash table; else bootstrap.jami.net:4222.",
            valueName: "host:port"),
        transform: PeerAddress.option)
    var dhtBootstrap: [PeerAddress] = []

    @Flag(help: "Stay out of the distributed hash table: nobody finds you or is found there.")
    var noDht = false

    @Option(help: ArgumentHelp("The table's UDP port; else any free one.", valueName: "port"))
    var dhtPort: Int?

    @Flag(help: "Do not ask the router for a port that leads to you.")
    var noPortMapping = false

    /// Whether the user wants the table, whatever else is said.
    var isAsked: Bool { !dhtBootstrap.isEmpty || dhtPort != nil }

    func validate() throws {
        if isAsked && noDht {
            throw ValidationError(
                "--no-dht excludes --dht-bootstrap and --dht-port: give one or the other.")
        }
        try validate(isBuiltIn: ChatConfiguration.Discovery.reachesTheInternet)
        if let dhtPort, !(1...65_535).contains(dhtPort) {
            throw ValidationError("--dht-port takes from 1 to 65535.")
        }
        for place in dhtBootstrap where place.port == 0 {
            throw ValidationError("--dht-bootstrap takes HOST:PORT with a port from 1 to 65535.")
        }
    }

    /// - Parameter isBuiltIn: whether this program has the table at all.
    func validate(isBuiltIn: Bool) throws {
        guard isAsked && !isBuiltIn else { return }
        throw ValidationError(
            "This p2pchat was built without the DHT: leave --dht-bootstrap and --dht-port away, or "
                + "build it with: swift build --traits DHT")
    }

    /// Who listens for this machine alone does not want the internet, unless told where to join.
    func dht(
        _ listening: ChatConfiguration.Listening, folder: UserFolder?
    ) -> ChatConfiguration.DHT? {
        guard !noDht, isAsked || !listening.isLoopback else { return nil }
        return ChatConfiguration.DHT(
            bootstrap: dhtBootstrap, port: dhtPort ?? 0, folder: folder)
    }

    func portMapping(_ listening: ChatConfiguration.Listening) -> Bool {
        !noPortMapping && !listening.isLoopback
    }
}
