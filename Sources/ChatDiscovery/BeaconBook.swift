import ChatCore
import ChatIdentity
import ChatValues

/// Makes our beacons and recognises our contacts'. A value without a network or a clock: days pass
/// as a test likes.
struct BeaconBook {
    /// How many datagrams a round has, however many contacts there are: whoever listens can't count
    /// them. What does not fit has its turn in the next round.
    static let datagramsPerRound = 4
    static let contactsPerRound = datagramsPerRound * BeaconDatagram.entryCount
    /// Seconds in which a beacon that is not newer than one before it is taken for a repetition.
    static let replayWindow = 600.0

    private struct Pair: Hashable {
        let contact: Fingerprint
        let day: Int64
    }
    private struct Heard {
        var time: UInt64
        var at: Double
    }

    private let own: Fingerprint
    private var secrets: [(contact: Fingerprint, secret: RendezvousSecret)] = []
    private var first = 0
    private var outgoing: [Pair: BeaconKeys] = [:]
    private var incoming: [Pair: BeaconKeys] = [:]
    private var heard: [Fingerprint: Heard] = [:]
    /// The tags to be expected under the salts heard last.
    private var expected: [(salt: [UInt8], tags: [[UInt8]: Pair])] = []
    /// What strangers can make us compute.
    private var budget = RateLimit(burst: 64, perSecond: 16)

    init(own: Fingerprint) {
        self.own = own
    }

    var isEmpty: Bool { secrets.isEmpty }

    mutating func update(_ contacts: [SoughtContact]) {
        let new = contacts.compactMap { contact in
            contact.secret.map { (contact: contact.fingerprint, secret: $0) }
        }
        guard !new.elementsEqual(secrets, by: ==) else { return }
        secrets = new
        outgoing = [:]
        incoming = [:]
        expected = []
        let known = Set(new.map(\.contact))
        heard = heard.filter { known.contains($0.key) }
    }

    private static func keys(
        _ known: inout [Pair: BeaconKeys], _ pair: Pair, _ secret: RendezvousSecret,
        from sender: Fingerprint
    ) throws(SealingError) -> BeaconKeys {
        if let keys = known[pair] { return keys }
        let keys = try BeaconKeys(secret, from: sender, day: pair.day)
        known[pair] = keys
        return keys
    }

    static func day(_ now: Double) -> Int64 { Int64((now / 86_400).rounded(.down)) }

    // MARK: Ours

    /// The datagrams of a round, which are as many and as long whatever is in them.
    mutating func round(
        at now: Double, saying announcement: Announcement,
        using generator: inout some RandomNumberGenerator
    ) throws(SealingError) -> [[UInt8]] {
        let salt = chance(BeaconDatagram.saltByteCount, &generator)
        let today = Self.day(now)
        outgoing = outgoing.filter { $0.key.day == today }
        var entries: [[UInt8]] = []
        for offset in 0..<min(secrets.count, Self.contactsPerRound) {
            let (contact, secret) = secrets[(first + offset) % secrets.count]
            let pair = Pair(contact: contact, day: today)
            let keys = try Self.keys(&outgoing, pair, secret, from: own)
            let tag = try keys.tag(salt: salt)
            entries.append(
                tag + (try keys.seal(announcement, boundTo: BeaconDatagram.header(salt) + tag)))
        }
        if secrets.count > Self.contactsPerRound {
            first = (first + Self.contactsPerRound) % secrets.count
        }
        while entries.count < Self.contactsPerRound {
            entries.append(chance(BeaconDatagram.entryByteCount, &generator))
        }
        // Whose entry stands where must not be the same each time.
        entries.shuffle(using: &generator)
        return stride(from: 0, to: entries.count, by: BeaconDatagram.entryCount).map { start in
            BeaconDatagram(
                salt: salt,
                entries: Array(entries[start..<(start + BeaconDatagram.entryCount)])
            ).bytes
        }
    }

    private func chance(
        _ count: Int, _ generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    // MARK: Theirs

    /// Who of our contacts says something in this datagram, and what. Nothing for what is not for
    /// us, forged, or a repetition.
    mutating func read(
        _ bytes: [UInt8], at now: Double
    ) -> [(contact: Fingerprint, announcement: Announcement)] {
        guard !secrets.isEmpty, let datagram = BeaconDatagram(bytes), budget.take(now: now),
            let tags = tags(salt: datagram.salt, at: now)
        else { return [] }
        return datagram.entries.compactMap { entry in
            let tag = Array(entry[..<BeaconKeys.tagByteCount])
            guard let pair = tags[tag], let keys = incoming[pair],
                let announcement = keys.open(
                    Array(entry[BeaconKeys.tagByteCount...]),
                    boundTo: BeaconDatagram.header(datagram.salt) + tag),
                // The day that the tag is of.
                Self.day(Double(announcement.time) / 1_000) == pair.day,
                isNew(announcement, from: pair.contact, at: now)
            else { return nil }
            return (pair.contact, announcement)
        }
    }

    /// The sender's clock and ours may be on different days.
    private mutating func tags(salt: [UInt8], at now: Double) -> [[UInt8]: Pair]? {
        if let known = expected.first(where: { $0.salt == salt }) { return known.tags }
        let days = Self.day(now) - 1...Self.day(now) + 1
        incoming = incoming.filter { days.contains($0.key.day) }
        var tags: [[UInt8]: Pair] = [:]
        do throws(SealingError) {
            for (contact, secret) in secrets {
                for day in days {
                    let pair = Pair(contact: contact, day: day)
                    let keys = try Self.keys(&incoming, pair, secret, from: contact)
                    tags[try keys.tag(salt: salt)] = pair
                }
            }
        } catch {
            return nil
        }
        expected.append((salt, tags))
        if expected.count > 8 { expected.removeFirst() }
        return tags
    }

    /// A round comes once over each interface and each kind of address, with one time: taken each
    /// time, as long as no newer one has come.
    private mutating func isNew(
        _ announcement: Announcement, from contact: Fingerprint, at now: Double
    ) -> Bool {
        if let last = heard[contact], announcement.time < last.time,
            abs(now - last.at) < Self.replayWindow
        {
            return false
        }
        if let last = heard[contact], announcement.time == last.time, abs(now - last.at) > 5 {
            return false
        }
        if heard[contact]?.time != announcement.time {
            heard[contact] = Heard(time: announcement.time, at: now)
        }
        return true
    }
}
