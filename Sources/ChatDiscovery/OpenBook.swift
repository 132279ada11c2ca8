import ChatCore
import ChatIdentity
import ChatValues

/// Reads open announcements, so many a second: to check a signature costs time.
struct OpenBook {
    /// How many announcers are remembered, to tell a repetition.
    static let limit = 256
    /// Seconds by which an announcer's clock may differ from ours.
    static let clockDifference = 86_400.0

    private var budget = RateLimit(burst: 16, perSecond: 2)
    private var newest: [Fingerprint: UInt64] = [:]

    /// Nil for anything else, forgeries and repetitions included.
    mutating func read(
        _ bytes: [UInt8], at now: Double, on interface: String
    ) -> Neighbour? {
        guard bytes.count > 5, bytes[5] == 1, bytes.starts(with: BeaconDatagram.magic),
            budget.take(now: now),
            let (certificate, announcement) = OpenAnnouncement.read(bytes),
            abs(Double(announcement.time) / 1_000 - now) < Self.clockDifference
        else { return nil }
        let fingerprint = certificate.fingerprint
        if let last = newest[fingerprint], announcement.time < last { return nil }
        if newest[fingerprint] == nil, newest.count >= Self.limit { newest = [:] }
        newest[fingerprint] = announcement.time
        return Neighbour(
            name: certificate.commonName ?? "", fingerprint: fingerprint,
            addresses: announcement.addresses(heardOn: interface), lastHeard: now)
    }
}
