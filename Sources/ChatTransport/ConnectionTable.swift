import NIOCore

/// Every connection there is, so that their number has a bound and the end of the program finds
/// them all. Lives on the event loop.
///
/// Past the bound on unfinished connections the oldest of them goes: whoever floods us replaces
/// their own, and a contact, who needs milliseconds, gets in.
struct ConnectionTable<Connection: AnyObject> {
    enum Admission {
        case admitted
        /// Admitted in place of this one, which is to be closed.
        case inPlaceOf(Connection)
    }


    private let limits: TransportConfiguration.Limits
    /// By arrival; numbers grow.
    private var unfinished: [ObjectIdentifier: (order: UInt64, host: String)] = [:]
    private var perHost: [String: Int] = [:]
    private var all: [ObjectIdentifier: Connection] = [:]
    private var established: Set<ObjectIdentifier> = []
    private var arrivals: UInt64 = 0

    init(limits: TransportConfiguration.Limits) {
        self.limits = limits
    }

    var connections: [Connection] { Array(all.values) }
    var isEmpty: Bool { all.isEmpty }
    var unfinishedCount: Int { unfinished.count }

    /// A connection is being made: counted with nobody's flood, but found at the end.
    mutating func track(_ connection: Connection) {
        all[ObjectIdentifier(connection)] = connection
    }

    /// A connection has come in from this host.
    mutating func admit(_ connection: Connection, from host: String) -> Admission {
        var oldest: ObjectIdentifier?
        if perHost[host, default: 0] >= limits.unfinishedPerAddress {
            oldest = unfinished.filter { $0.value.host == host }
                .min { $0.value.order < $1.value.order }?.key
        } else if unfinished.count >= limits.unfinished {
            oldest = unfinished.min { $0.value.order < $1.value.order }?.key
        }
        let displaced = oldest.flatMap { all[$0] }
        if let displaced { remove(displaced) }
        let id = ObjectIdentifier(connection)
        arrivals += 1
        all[id] = connection
        unfinished[id] = (arrivals, host)
        perHost[host, default: 0] += 1
        return displaced.map { .inPlaceOf($0) } ?? .admitted
    }

    /// The connection is a session now. False when there are as many as there may be.
    mutating func establish(_ connection: Connection) -> Bool {
        let id = ObjectIdentifier(connection)
        guard all[id] != nil else { return false }
        guard established.count < limits.sessions else { return false }
        finish(id)
        established.insert(id)
        return true
    }

    mutating func remove(_ connection: Connection) {
        let id = ObjectIdentifier(connection)
        finish(id)
        established.remove(id)
        all[id] = nil
    }

    private mutating func finish(_ id: ObjectIdentifier) {
        guard let entry = unfinished.removeValue(forKey: id) else { return }
        perHost[entry.host, default: 1] -= 1
        if perHost[entry.host] == 0 { perHost[entry.host] = nil }
    }
}
