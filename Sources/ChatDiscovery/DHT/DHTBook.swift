import ChatCore
import ChatIdentity
import ChatValues

/// What is to be published and looked up in the table, and what is believed of what is found there.
/// A value without a network or a clock: days pass as a test likes.
struct DHTBook {
    /// By how many seconds the clocks of two contacts may differ for them to meet at any hour.
    static let clockDifference = 6 * 3_600.0
    /// How far a signed record's time may be from ours, in seconds.
    static let recordDifference = 86_400.0
    /// Seconds in which what is older than something before it is taken for a repetition. Longer than
    /// the table keeps a value, and short enough for a contact who has set a clock right.
    static let replayWindow = 900.0
    /// Every key costs the network work: how many contacts have any. The table is for people.
    static let contactLimit = 512

    /// Under which keys word of one kind is left.
    enum Place: Hashable, Sendable {
        /// Between two who share a secret, on a day since 1970.
        case shared(Fingerprint, day: Int64)
        /// Under the fingerprint of somebody who may be discoverable.
        case open(Fingerprint)

        var contact: Fingerprint {
            switch self {
            case .shared(let contact, _), .open(let contact): contact
            }
        }
    }

    private let own: Fingerprint
    private let identity: Identity?
    private var contacts: [SoughtContact] = []
    private var outgoing: [Place: MeetingPoint] = [:]
    private var incoming: [Place: MeetingPoint] = [:]
    private var newest: [Fingerprint: (time: UInt64, at: Double)] = [:]

    /// - Parameter discoverable: who to publish openly; nil for nobody.
    init(own: Fingerprint, discoverable: Identity? = nil) {
        self.own = own
        identity = discoverable
    }

    /// How many contacts there is no room for.
    private(set) var left = 0

    mutating func update(_ contacts: [SoughtContact]) {
        let taken = Array(contacts.prefix(Self.contactLimit))
        left = contacts.count - taken.count
        let secrets = { (contacts: [SoughtContact]) in
            contacts.map { [$0.fingerprint.bytes, $0.secret?.bytes ?? []] }
        }
        if secrets(taken) != secrets(self.contacts) {
            outgoing = [:]
            incoming = [:]
            let known = Set(taken.map(\.fingerprint))
            newest = newest.filter { known.contains($0.key) }
        }
        self.contacts = taken
    }

    static func day(_ now: Double) -> Int64 { Int64((now / 86_400).rounded(.down)) }

    // MARK: Ours

    /// Where we leave word now.
    func published(at now: Double) -> [Place] {
        let today = Self.day(now)
        let shared = contacts.filter { $0.secret != nil }.map {
            Place.shared($0.fingerprint, day: today)
        }
        return identity == nil ? shared : [.open(own)] + shared
    }

    /// The key and the value of what we leave in a place. Nil where OpenSSL fails.
    mutating func value(
        of announcement: DHTAnnouncement, at place: Place
    ) -> (key: DHTKey, bytes: [UInt8])? {
        switch place {
        case .open:
            guard let identity, let key = OpenRecord.key(of: own),
                let bytes = OpenRecord.make(announcement, as: identity)
            else { return nil }
            return (key, bytes)
        case .shared(let contact, let day):
            outgoing = outgoing.filter { $0.key == .shared($0.key.contact, day: day) }
            guard let point = point(in: \.outgoing, place, from: own, with: contact),
                let bytes = try? point.seal(announcement)
            else { return nil }
            return (point.key, bytes)
        }
    }

    // MARK: Theirs

    /// Where word may be for us of those who are not connected: today, and around midnight on the
    /// day that their clock may show.
    func sought(at now: Double) -> [Place] {
        let days = Self.day(now - Self.clockDifference)...Self.day(now + Self.clockDifference)
        return contacts.filter { !$0.isConnected }.flatMap { contact in
            contact.secret == nil
                ? [Place.open(contact.fingerprint)]
                : days.map { Place.shared(contact.fingerprint, day: $0) }
        }
    }

    mutating func key(of place: Place) -> DHTKey? {
        switch place {
        case .open(let contact): OpenRecord.key(of: contact)
        case .shared(let contact, _):
            point(in: \.incoming, place, from: contact, with: contact)?.key
        }
    }

    /// What a contact says in a value that was found. Nil for what is forged, from another day, or
    /// older than what the contact has said before.
    mutating func read(_ bytes: [UInt8], at place: Place, now: Double) -> Candidate? {
        let announcement: DHTAnnouncement?
        switch place {
        case .open(let contact):
            announcement = OpenRecord.read(bytes, of: contact).flatMap {
                abs($0.seconds - now) < Self.recordDifference ? $0 : nil
            }
        case .shared(let contact, let day):
            announcement = point(in: \.incoming, place, from: contact, with: contact)?.open(bytes)
                .flatMap { Self.day($0.seconds) == day ? $0 : nil }
        }
        guard let announcement, contacts.contains(where: { $0.fingerprint == place.contact }),
            isNew(announcement, from: place.contact, now: now)
        else { return nil }
        let addresses = announcement.addresses
        guard !addresses.isEmpty else { return nil }
        return Candidate(
            contact: place.contact, addresses: addresses, origin: .dht, isLocal: false)
    }

    private mutating func isNew(
        _ announcement: DHTAnnouncement, from contact: Fingerprint, now: Double
    ) -> Bool {
        if let last = newest[contact], announcement.time < last.time,
            abs(now - last.at) < Self.replayWindow
        {
            return false
        }
        newest[contact] = (announcement.time, now)
        return true
    }

    private mutating func point(
        in cache: WritableKeyPath<DHTBook, [Place: MeetingPoint]>, _ place: Place,
        from sender: Fingerprint, with contact: Fingerprint
    ) -> MeetingPoint? {
        guard case .shared(_, let day) = place else { return nil }
        if let known = self[keyPath: cache][place] { return known }
        guard let secret = contacts.first(where: { $0.fingerprint == contact })?.secret,
            let point = try? MeetingPoint(secret, from: sender, day: day)
        else { return nil }
        if self[keyPath: cache].count > Self.contactLimit * 3 { self[keyPath: cache] = [:] }
        self[keyPath: cache][place] = point
        return point
    }
}
