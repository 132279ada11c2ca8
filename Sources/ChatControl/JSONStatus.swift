public import ChatCore
public import ChatWire

/// The answer to `status`, in both directions.
extension JSONWriter {
    public mutating func status(_ status: NodeStatus) {
        present("listening", status.listening?.description)
        member("connected", status.connected)
        present("proxy", status.proxy?.description)
        if let clock = status.clock {
            key("clock")
            object { json in
                json.member("contacts", clock.contacts)
                json.member("difference", clock.difference)
            }
        }
        if let dht = status.discovery.dht {
            key("dht")
            object { json in
                json.member("nodes", dht.nodes)
                if let port = dht.port { json.member("port", port) }
                json.member("published", dht.published)
                json.member("looked_for", dht.lookedFor)
                if let time = dht.publishedAt { json.member("published_at", time) }
                if let time = dht.foundAt { json.member("found_at", time) }
                json.present("problem", dht.problem)
            }
        }
        if let mapping = status.discovery.portMapping {
            key("port_mapping")
            object { json in
                json.present("method", mapping.method)
                json.present("external_host", mapping.externalHost)
                if let port = mapping.externalPort { json.member("external_port", port) }
                json.present("problem", mapping.problem)
            }
        }
    }

    private mutating func present(_ key: String, _ text: String?) {
        if let text { member(key, text) }
    }
}

extension NodeStatus {
    /// What is missing in it is off, or zero.
    init(_ json: JSONValue) {
        self.init(
            listening: json["listening"]?.string.flatMap { PeerAddress($0) },
            connected: json["connected"]?.integer ?? 0,
            proxy: json["proxy"]?.string.flatMap { PeerAddress($0) }, discovery: DiscoveryStatus())
        if let compared = json["clock"], let difference = compared["difference"]?.number {
            clock = ClockComparison(
                contacts: compared["contacts"]?.integer ?? 1, difference: difference)
        }
        if let dht = json["dht"] {
            discovery.dht = DiscoveryStatus.DHT(
                nodes: dht["nodes"]?.integer ?? 0, port: dht["port"]?.integer,
                published: dht["published"]?.integer ?? 0,
                lookedFor: dht["looked_for"]?.integer ?? 0,
                publishedAt: dht["published_at"]?.number, foundAt: dht["found_at"]?.number,
                problem: dht["problem"]?.string)
        }
        if let mapping = json["port_mapping"] {
            discovery.portMapping = DiscoveryStatus.PortMapping(
                method: mapping["method"]?.string, externalHost: mapping["external_host"]?.string,
                externalPort: mapping["external_port"]?.integer,
                problem: mapping["problem"]?.string)
        }
    }
}

extension ControlClient {
    /// How the running p2pchat fares.
    public func status() async throws -> NodeStatus {
        NodeStatus(try await ask("status").value)
    }
}
