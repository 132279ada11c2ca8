import ChatCore
import ChatDiscovery
import ChatValues
import NIOCore
import NIOPosix

/// What of the network works.
extension Doctor {
    func listening() async -> Diagnosis {
        func command(_ port: Int) -> String { "ss -tlnp 'sport = :\(port)'" }
        if let live {
            guard let place = live.listening else {
                return Diagnosis(
                    .listening, .off, "The p2pchat that runs does not listen.",
                    command: command(ChatConfiguration.securePort))
            }
            return listeningBeside(place)
                ?? Diagnosis(
                    .listening, .fine,
                    "The p2pchat that runs listens at \(place), "
                        + "with \(live.connected) connected.", command: command(place.port))
        }
        guard let place = subject.listening else {
            return Diagnosis(
                .listening, .off, "It would not listen.",
                command: command(ChatConfiguration.securePort))
        }
        do {
            let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            let number = try? SocketAddress(ipAddress: place.host, port: place.port)
            let channel =
                if let number {
                    try await bootstrap.bind(to: number).get()
                } else {
                    try await bootstrap.bind(host: place.host, port: place.port).get()
                }
            try await channel.close()
            return listeningBeside(place)
                ?? Diagnosis(
                    .listening, .fine, "\(place) is free to listen at.",
                    command: command(place.port))
        } catch {
            let reason = (error as? IOError).map { "\($0)" } ?? "\(error)"
            return Diagnosis(
                .listening, .problem,
                "Nobody can listen at \(place): \(SafeText.singleLine(reason, limit: 120)).",
                advice: "End the program that has the port, or choose another with --listen.",
                command: command(place.port))
        }
    }

    func addresses() -> Diagnosis {
        let found = NetworkCheck.addresses()
        let command = "ip -brief address"
        let list = found.prefix(8).map(\.address).joined(separator: ", ")
        if found.isEmpty {
            return Diagnosis(
                .addresses, .problem, "This machine has no address besides loopback's.",
                advice: "Connect it to a network.", command: command)
        }
        if found.contains(where: \.isGlobal) {
            return Diagnosis(
                .addresses, .fine, "This machine's addresses are \(list).", command: command)
        }
        return Diagnosis(
            .addresses, .fine, "This machine's addresses are \(list), all of them private.",
            advice: "From outside it can be reached through a port of the router's alone.",
            command: command)
    }

    func multicast() async -> Diagnosis {
        let command = "ip maddress; ip route get 239.255.112.99"
        if let off = leftOff(.multicast, "Beacons are neither sent nor heard", command: command) {
            return off
        }
        guard subject.beacon else {
            return Diagnosis(.multicast, .off, "The beacon is off.", command: command)
        }
        switch await NetworkCheck.multicast() {
        case .nowhere:
            return Diagnosis(
                .multicast, .problem, "No network of this machine carries multicast.",
                advice: "Switch it on with: ip link set dev INTERFACE multicast on. Until then "
                    + "contacts on the same network do not find each other by themselves.",
                command: command)
        case .tried(let heard, let silent) where heard.isEmpty:
            return Diagnosis(
                .multicast, .problem,
                "Nothing that is sent to the beacon's group is heard on "
                    + "\(silent.joined(separator: ", ")).",
                advice: "Let UDP port 5557 through the firewall, in and out.", command: command)
        case .tried(let heard, _):
            return Diagnosis(
                .multicast, .fine,
                "Beacons are sent and heard on \(heard.joined(separator: ", ")).",
                command: command)
        }
    }

    func dht() async -> Diagnosis {
        let bootstrap =
            subject.dht.map { $0.bootstrap.isEmpty ? [DHTSettings.publicBootstrap] : $0.bootstrap }
            ?? []
        let place = bootstrap.first ?? DHTSettings.publicBootstrap
        let command = "dhtnode -b \(place), then: ll"
        let advice =
            "Let UDP through the firewall, or join elsewhere with --dht-bootstrap HOST:PORT."
        if let off = leftOff(.dht, "The DHT is not joined", command: command) { return off }
        guard DHTSettings.isBuiltIn else {
            return Diagnosis(
                .dht, .off, "This p2pchat was built without the DHT.",
                advice: "Build it with: swift build --traits DHT", command: command)
        }
        if let live {
            guard let dht = live.discovery.dht else {
                return Diagnosis(
                    .dht, .off, "The p2pchat that runs stays out of the DHT.", command: command)
            }
            if let problem = dht.problem {
                return Diagnosis(
                    .dht, .problem,
                    "The DHT can't be used: \(SafeText.singleLine(problem, limit: 120)).",
                    advice: "Choose another UDP port with --dht-port.", command: command)
            }
            let text =
                "\(dht.nodes) nodes of the DHT answer; \(dht.published) values are published, last "
                + "\(ago(dht.publishedAt)), and \(dht.lookedFor) keys looked up, last with an "
                + "answer \(ago(dht.foundAt))."
            return dht.nodes > 0
                ? Diagnosis(.dht, .fine, text, command: command)
                : Diagnosis(
                    .dht, .problem, "No node of the DHT answers.", advice: advice, command: command)
        }
        guard let settings = subject.dht else {
            return Diagnosis(.dht, .off, "The DHT is off.", command: command)
        }
        switch await NetworkCheck.dht(bootstrap, port: settings.port, within: Self.tablePatience) {
        case .success(let nodes) where nodes > 0:
            return Diagnosis(
                .dht, .fine, "The DHT answers through \(place).", command: command)
        case .success:
            return Diagnosis(
                .dht, .problem, "No node of the DHT answers through \(place).", advice: advice,
                command: command)
        case .failure(let failure):
            return Diagnosis(
                .dht, .problem,
                "The DHT can't be used: \(SafeText.singleLine(failure.description, limit: 120)).",
                advice: "Choose another UDP port with --dht-port.", command: command)
        }
    }

    func portMapping() async -> Diagnosis {
        let command = "upnpc -l; natpmpc"
        if let off = leftOff(.portMapping, "The router is not asked for a port", command: command) {
            return off
        }
        let mapping: DiscoveryStatus.PortMapping?
        if let live {
            mapping = live.discovery.portMapping
        } else if subject.portMapping, DHTSettings.isBuiltIn, let place = subject.listening,
            place.port > 0
        {
            mapping = await NetworkCheck.portMapping(place.port)
        } else {
            mapping = nil
        }
        guard let mapping else {
            return Diagnosis(
                .portMapping, .off, "The router is not asked for a port.", command: command)
        }
        if let method = mapping.method {
            let place = PeerAddress(
                host: mapping.externalHost ?? "the router", port: mapping.externalPort ?? 0)
            return Diagnosis(
                .portMapping, .fine, "The router opens \(place) by \(method).", command: command)
        }
        let problem = mapping.problem ?? "no router answered"
        if NetworkCheck.addresses().contains(where: \.isGlobal) {
            return Diagnosis(
                .portMapping, .off,
                "There is no port of a router's (\(problem)), nor need there be: "
                    + "this machine has an address of its own.", command: command)
        }
        return Diagnosis(
            .portMapping, .problem, "There is no port of a router's: \(problem).",
            advice: "Forward the port on the router by hand, or switch on UPnP or NAT-PMP there.",
            command: command)
    }

    private func ago(_ time: Double?) -> String {
        guard let time else { return "never" }
        let seconds = Int(max(0, min(now - time, 1e9)))
        return seconds < 120 ? "\(seconds) s ago" : "\(seconds / 60) min ago"
    }
}
