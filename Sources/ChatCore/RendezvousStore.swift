public import ChatValues

/// Where the secrets that contacts share with us are kept. ChatStore keeps them sealed.
public protocol RendezvousStore: Sendable {
    func rendezvousSecrets() async throws -> [Fingerprint: RendezvousSecret]
    /// Puts a secret in the place of the one before. Does nothing where the fingerprint is no
    /// contact's any more; removing a contact removes its secret.
    func save(_ secret: RendezvousSecret, sharedWith contact: Fingerprint) async throws
}

/// What we tell a peer of the secret that we share with it.
public enum Rendezvous: Sendable, Equatable {
    /// Nothing: there is nowhere to keep one.
    case off
    /// That we have none yet.
    case none
    case shared(RendezvousSecret)
}
