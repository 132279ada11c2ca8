import P2PChat

/// An address of a contact, and what speaks for it.
enum AddressText {
    static func line(_ known: KnownAddress, _ surroundings: Surroundings) -> String {
        let worked = known.workedAt.flatMap { surroundings.localTime($0) }
            .map { ", last worked \($0.date) \($0.clock)" }
        return "\(known.address)  \(known.origin.words)\(worked ?? "")"
    }
}
