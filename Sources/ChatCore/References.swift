import ChatWire

/// What the user's messages are called by whoever wrote them, by id. Bounded: those of the oldest
/// messages are forgotten first, whose events then carry the id alone.
struct References {
    private let limit: (count: Int, bytes: Int)
    private var known: [MessageID: String] = [:]
    /// Those that were removed included.
    private var order = Queue<MessageID>()
    private var bytes = 0

    init(limit: (count: Int, bytes: Int) = (100_000, 16 << 20)) {
        self.limit = limit
    }

    var count: Int { known.count }

    subscript(id: MessageID) -> String? { known[id] }

    mutating func insert(_ reference: String, for id: MessageID) {
        remove(id)
        known[id] = reference
        bytes += reference.utf8.count
        order.append(id)
        while known.count > limit.count || bytes > limit.bytes || order.count > 2 * limit.count,
            let oldest = order.popFirst()
        {
            remove(oldest)
        }
    }

    mutating func remove(_ id: MessageID) {
        if let reference = known.removeValue(forKey: id) { bytes -= reference.utf8.count }
    }
}
