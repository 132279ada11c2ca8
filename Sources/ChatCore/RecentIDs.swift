import ChatWire

/// What is known of the last so many message ids, the oldest forgotten first.
struct RecentIDs<Value> {
    private let limit: Int
    private var known: [MessageID: Value] = [:]
    /// A ring, once it is full.
    private var order: [MessageID] = []
    private var oldest = 0

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { known.count }

    /// False, and nothing changed, where the id is known already.
    mutating func insert(_ id: MessageID, _ value: Value) -> Bool {
        guard known[id] == nil else { return false }
        known[id] = value
        if order.count < limit {
            order.append(id)
        } else {
            known[order[oldest]] = nil
            order[oldest] = id
            oldest = (oldest + 1) % limit
        }
        return true
    }

    mutating func remove(_ id: MessageID) -> Value? {
        known.removeValue(forKey: id)
    }
}
