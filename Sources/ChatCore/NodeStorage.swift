/// What a node has to keep things in.
public enum NodeStorage: Sendable {
    /// Plain text: nothing is kept.
    case nothing
    /// Contacts and requests alone, to change them while no chat goes on. Sends nothing.
    case contacts(any TrustStore)
    case everything(
        contacts: any TrustStore, messages: any MessageStore, preferences: any PreferenceStore,
        rendezvous: (any RendezvousStore)? = nil)

    var contacts: (any TrustStore)? {
        switch self {
        case .nothing: nil
        case .contacts(let contacts), .everything(let contacts, _, _, _): contacts
        }
    }

    var messages: (any MessageStore)? {
        if case .everything(_, let messages, _, _) = self { messages } else { nil }
    }

    var preferences: (any PreferenceStore)? {
        if case .everything(_, _, let preferences, _) = self { preferences } else { nil }
    }

    var rendezvous: (any RendezvousStore)? {
        if case .everything(_, _, _, let rendezvous) = self { rendezvous } else { nil }
    }
}
