import ChatValues
import ChatWire

/// Who a conversation is with.
enum PeerKey: Hashable, Sendable {
    case contact(Fingerprint)
    /// Plain text: nobody in particular, at this address.
    case plain(PeerAddress)

    var fingerprint: Fingerprint? {
        if case .contact(let fingerprint) = self { fingerprint } else { nil }
    }
}

/// A live session.
struct Session {
    let id: SessionID
    let peer: PeerKey
    let details: SessionDetails
    let link: any SessionLink
    /// Seconds since 1970.
    let openedAt: Double
    /// The peer sent presence. The seed program prints what it doesn't know as a message from
    /// nobody, so it gets presence only if it has shown that it knows it.
    var sentPresence = false
    var presence = PresenceState.online
    /// What the peer said when it left.
    var farewell: Bye?

    var speaksPresence: Bool { details.dialect == .native || sentPresence }

    /// Which of two sessions with one contact stays.
    ///
    /// Two programs that dial each other at the same moment must both choose the same one: the
    /// one dialled by the side with the lower fingerprint. In every other case the newer one
    /// stays, because the peer has started anew, sits elsewhere now, or has lost the older one
    /// without our noticing.
    static func newerStays(
        older: SessionDetails, newer: SessionDetails, own: Fingerprint
    ) -> Bool {
        guard older.dialect == .native, newer.dialect == .native,
            older.direction != newer.direction,
            let instance = newer.hello?.instance, instance == older.hello?.instance,
            let peer = newer.fingerprint
        else { return true }
        let dialler = newer.direction == .outbound ? own : peer
        return dialler == min(own, peer)
    }
}

/// The ids of the last messages from a peer: one that comes again, because our receipt was lost
/// with the connection, is acknowledged again and not shown again.
struct RecentIDs {
    static let limit = 8_192

    private var known: Set<MessageID> = []
    private var order: [MessageID] = []
    private var oldest = 0

    /// True when the id has not been seen.
    mutating func insert(_ id: MessageID) -> Bool {
        guard known.insert(id).inserted else { return false }
        if order.count < Self.limit {
            order.append(id)
        } else {
            known.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % Self.limit
        }
        return true
    }
}

/// So much at once, and then so much a second.
struct TokenBucket {
    private let capacity: Double
    private let perSecond: Double
    private var tokens: Double
    private var last: Double?

    init(capacity: Double, perSecond: Double) {
        self.capacity = capacity
        self.perSecond = perSecond
        self.tokens = capacity
    }

    /// Takes a token if there is one. `now` is in seconds; a clock that jumps back gives nothing.
    mutating func take(now: Double) -> Bool {
        if let last, now > last { tokens = min(capacity, tokens + (now - last) * perSecond) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
