public import P2PChat

/// What the window remembers, beside the node's own preferences in the same table.
public struct WindowSettings: Sendable, Hashable {
    public enum Appearance: String, Sendable, CaseIterable { case system, light, dark }

    public var width = 980
    public var height = 680
    public var notifications = true
    /// Whether a notification says what was written, and who wrote it.
    public var notificationContent = false
    public var appearance = Appearance.system
    /// Where we listen; empty for every address of this machine.
    public var host = ""
    public var port = ChatConfiguration.securePort
    /// Contacts on the same network find us, and we them.
    public var beacon = true
    /// Everybody on the network is told who we are.
    public var discoverable = false
    /// The distributed hash table, and a port of the router's.
    public var internet = true

    public init() {}

    public init(_ values: [String: String]) {
        func number(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            values["window." + name].flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
        width = number("width", 360...20_000) ?? width
        height = number("height", 300...20_000) ?? height
        notifications = values["window.notifications"] != "off"
        notificationContent = values["window.notificationContent"] == "on"
        appearance = values["window.appearance"].flatMap(Appearance.init) ?? .system
        beacon = values["window.beacon"] != "off"
        discoverable = values["window.discoverable"] == "on"
        internet = values["window.internet"] != "off"
        port = number("port", 0...65_535) ?? port
        if let host = values["window.host"], PeerAddress(host, defaultPort: 1) != nil {
            self.host = host
        }
    }

    public var values: [String: String] {
        [
            "window.width": "\(width)", "window.height": "\(height)",
            "window.notifications": notifications ? "on" : "off",
            "window.notificationContent": notificationContent ? "on" : "off",
            "window.appearance": appearance.rawValue, "window.host": host,
            "window.port": "\(port)", "window.beacon": beacon ? "on" : "off",
            "window.discoverable": discoverable ? "on" : "off",
            "window.internet": internet ? "on" : "off",
        ]
    }

    public var listening: ChatConfiguration.Listening {
        host.isEmpty ? .everywhere(port: port) : .at(PeerAddress(host: host, port: port))
    }
}
