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

/// A live session. One object that the node alone holds: looking it up counts one reference, and
/// not those of a dozen strings.
final class Session {
    let id: SessionID
    let peer: PeerKey
    let details: SessionDetails
    let link: any SessionLink
    /// Seconds since 1970.
    let openedAt: Double
    /// Grows from one session to the next.
    let arrival: UInt64
    /// The peer sent presence. The seed program prints what it doesn't know as a message from
    /// nobody, so it gets presence only if it has shown that it knows it.
    var sentPresence = false
    var presence = PresenceState.online
    /// What the peer said when it left.
    var farewell: Bye?
    /// We have said goodbye: nothing more goes out on it.
    var isLeaving = false
    /// The transport has reported its end.
    var hasEnded = false
    /// The peer was dialled while this session stood, and did not answer.
    var dialHasFailed = false

    init(
        id: SessionID, peer: PeerKey, details: SessionDetails, link: any SessionLink,
        openedAt: Double, arrival: UInt64
    ) {
        self.id = id
        self.peer = peer
        self.details = details
        self.link = link
        self.openedAt = openedAt
        self.arrival = arrival
    }

    var speaksPresence: Bool { details.dialect == .native || sentPresence }

    /// The original program opens a connection for each message that it sends, and takes
    /// whatever comes back for the ack: such a session is no place to say something.
    var mayBeForOneMessage: Bool {
        details.dialect == .seed && details.direction == .inbound
    }

    /// Which session with a peer messages go out on: the native one; in the seed dialect the one
    /// that we dialled, where the original program listens, before one that it dialled; then the
    /// newest.
    func isPreferred(to other: Session) -> Bool {
        (rank, arrival) > (other.rank, other.arrival)
    }

    private var rank: Int {
        if details.dialect == .native { return 2 }
        return mayBeForOneMessage ? 0 : 1
    }

    /// Which of two native sessions with one contact stays.
    ///
    /// Two programs that dial each other at the same moment must both choose the same one: the
    /// one dialled by the side with the lower fingerprint. In every other case the newer one
    /// stays, because the peer has started anew, sits elsewhere now, or has lost the older one
    /// without our noticing.
    static func newerStays(
        older: SessionDetails, newer: SessionDetails, own: Fingerprint
    ) -> Bool {
        guard areCrossed(older, newer), let peer = newer.fingerprint else { return true }
        let dialler = newer.direction == .outbound ? own : peer
        return dialler == min(own, peer)
    }

    /// Both sides dialled at the same moment: one run of the peer's program is at the other end of
    /// both.
    static func areCrossed(_ older: SessionDetails, _ newer: SessionDetails) -> Bool {
        guard let instance = newer.hello?.instance else { return false }
        return instance == older.hello?.instance && older.direction != newer.direction
    }
}
