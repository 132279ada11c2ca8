public import P2PChat

/// Certificates that were shown in a contact's name and are not the pinned one: which conversations
/// they block, and what the user has answered already.
///
/// Whoever shows such a certificate can do so again and again, and is refused each time. The user is
/// told once for each certificate: what was read and answered does not come back in this run. Who
/// makes new ones by the dozen blocks the conversation a few times and no more.
public struct CertificateWarnings: Sendable {
    /// What a refusal asks of the window.
    public enum Verdict: Sendable, Equatable {
        /// Close the conversation until the user has read why.
        case block
        /// Say it in passing.
        case mention
        /// It is known.
        case quiet
    }

    /// How many certificates in one contact's name block the conversation in a run.
    public static let blocksEach = 4
    /// How many of one contact are remembered; the oldest go first.
    static let rememberedEach = 64

    private struct Case {
        var shown: [Fingerprint] = []
        var blocks = 0
        var open: Refusal?
    }

    private var cases: [Fingerprint: Case] = [:]

    public init() {}

    /// The refusal that blocks the conversation with this contact.
    public subscript(contact: Fingerprint) -> Refusal? { cases[contact]?.open }

    /// The contacts whose conversations are blocked.
    public var blocked: [Fingerprint] {
        cases.compactMap { contact, found in found.open == nil ? nil : contact }
    }

    public mutating func note(_ refusal: Refusal) -> Verdict {
        guard let contact = refusal.contact?.fingerprint else { return .mention }
        var found = cases[contact] ?? Case()
        defer { cases[contact] = found }
        // Without a certificate there is nothing to tell one from another by.
        let shown = refusal.fingerprint ?? contact
        guard !found.shown.contains(shown) else { return .quiet }
        found.shown.append(shown)
        if found.shown.count > Self.rememberedEach { found.shown.removeFirst() }
        guard found.blocks < Self.blocksEach else { return .mention }
        found.blocks += 1
        found.open = refusal
        return .block
    }

    /// The user has read it and keeps the pin.
    public mutating func answer(_ contact: Fingerprint) { cases[contact]?.open = nil }

    /// The contact is no more; under a new pin everything is new.
    public mutating func forget(_ contact: Fingerprint) { cases[contact] = nil }
}
