public import ChatCore
import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What of the network works, tried out.
public enum NetworkCheck {
    /// Addresses of this machine, loopback's and those of one link left out.
    public static func addresses() -> [(address: String, isGlobal: Bool)] {
        NetworkInterface.current().filter { !$0.isLoopback }
            .flatMap { $0.ipv6 + $0.ipv4.map(\.address) }
            .filter { !Host.isLinkLocal($0) && !Host.isLoopback($0) }
            .map { (Host.text($0), Host.isGlobal($0)) }
    }

    public enum Multicast: Equatable, Sendable {
        /// What we send to the beacon's group comes back to us on these interfaces, and not on
        /// those others.
        case tried(heard: [String], silent: [String])
        /// No interface carries multicast.
        case nowhere
    }

    /// Sends to the beacon's group on each interface, and hears whether it comes.
    public static func multicast() async -> Multicast {
        let interfaces = NetworkInterface.current().filter { interface in
            LANGroup.allCases.contains { $0.isSpoken(on: interface) }
        }
        guard !interfaces.isEmpty else { return .nowhere }
        return await onThread {
            var (heard, silent): ([String], [String]) = ([], [])
            for interface in interfaces {
                let isHeard = LANGroup.allCases.contains { hears($0, interface) }
                if isHeard { heard.append(interface.name) } else { silent.append(interface.name) }
            }
            return .tried(heard: heard, silent: silent)
        }
    }

    private static func hears(_ group: LANGroup, _ interface: NetworkInterface) -> Bool {
        guard group.isSpoken(on: interface),
            let socket = group.listeningSocket(on: [interface])
        else { return false }
        defer { close(socket) }
        // No beacon, and passed over by those that listen for them.
        let sent = (0..<16).map { _ in UInt8.random(in: 0...255) }
        guard group.send([sent], on: interface) else { return false }
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 2_048)
        // Others' beacons may come first.
        for _ in 0..<64 {
            guard poll(&waiting, 1, 500) > 0 else { return false }
            let count = recv(socket, &buffer, buffer.count, 0)
            if count == sent.count, Array(buffer[..<count]) == sent { return true }
        }
        return false
    }

    /// How many nodes of the table answer, after so many seconds at most; nil where it can't be
    /// joined at all, with the reason.
    public static func dht(
        _ bootstrap: [PeerAddress], port: Int, within seconds: Double
    ) async -> Result<Int, NetworkCheckFailure> {
        #if DHT
            let node: OpenDHTNode
            do {
                node = try OpenDHTNode(.init(port: UInt16(clamping: port)))
            } catch {
                return .failure(NetworkCheckFailure(error.description))
            }
            for place in bootstrap {
                node.bootstrap(host: place.host, port: UInt16(clamping: place.port))
            }
            let deadline = ContinuousClock.now + .seconds(seconds)
            while node.health.nodes == 0, ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(100))
            }
            let nodes = node.health.nodes
            await onThread { node.stop(patience: 0) }
            return .success(nodes)
        #else
            return .failure(NetworkCheckFailure("this p2pchat was built without it"))
        #endif
    }

    /// Asks the router for the port, and gives it back.
    public static func portMapping(_ port: Int) async -> DiscoveryStatus.PortMapping {
        #if DHT
            var problem = "no router answered"
            let methods: [any PortMappingMethod] = [NATPMPMethod(), IGDMethod()]
            for method in methods {
                do throws(PortMappingFailure) {
                    let mapping = try await method.map(port, to: port, lifetime: 60)
                    await method.withdraw(mapping, of: port)
                    return DiscoveryStatus.PortMapping(
                        method: mapping.method.rawValue, externalHost: mapping.externalHost,
                        externalPort: mapping.externalPort)
                } catch {
                    if error == .refused { problem = error.description }
                }
            }
            return DiscoveryStatus.PortMapping(problem: problem)
        #else
            return DiscoveryStatus.PortMapping(problem: "this p2pchat was built without it")
        #endif
    }
}

public struct NetworkCheckFailure: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
