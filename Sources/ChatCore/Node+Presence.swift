import ChatValues
import ChatWire

/// A contact, and how it stands with them.
public struct ContactStatus: Sendable {
    public var contact: Contact
    public var presence: PresenceState
    /// Nil while there is no session.
    public var session: SessionStatus?
}

public struct SessionStatus: Sendable {
    public var address: PeerAddress
    public var direction: Direction
    public var dialect: Dialect
    /// TLS version, cipher and group.
    public var security: String?
    /// Seconds since 1970.
    public var openedAt: Double
}

/// Somebody seen in plain text. Everything here is a claim.
public struct PlainPeer: Sendable {
    public var name: String
    public var address: PeerAddress
    public var presence: PresenceState
}

/// Who is there.
extension Node {
    /// Contacts by name, each with presence and session.
    public func contacts() -> [ContactStatus] {
        book.sorted.map { contact in
            let session = session(with: .contact(contact.fingerprint))
            return ContactStatus(
                contact: contact, presence: session?.presence ?? .offline,
                session: session.map {
                    SessionStatus(
                        address: $0.details.remote, direction: $0.details.direction,
                        dialect: $0.details.dialect, security: $0.details.security,
                        openedAt: $0.openedAt)
                })
        }
    }

    /// Plain text's online list.
    public func plainPeersOnline() -> [PlainPeer] {
        plainPeers.online.map {
            PlainPeer(name: $0.name, address: $0.address, presence: $0.presence)
        }
    }

    /// Tells everybody connected that we are here, or away.
    public func setPresence(_ state: PresenceState) {
        guard state != ownPresence else { return }
        ownPresence = state
        for session in sessions.values where session.speaksPresence && !session.isLeaving {
            session.link.send(.presence(presence(state, seenFrom: session)))
        }
    }

    /// Our presence as this session's peer is told it: with the address it can reach us at.
    func presence(_ state: PresenceState, seenFrom session: Session) -> UserPresence {
        guard state != .offline, let announcedPort else {
            return UserPresence(action: state.action, username: userName)
        }
        return UserPresence(
            action: state.action, username: userName, ip: session.details.localHost,
            port: announcedPort)
    }

    func take(_ presence: UserPresence, on session: Session) {
        let isFirst = !session.sentPresence
        sessions[session.id]?.sentPresence = true
        let state = PresenceState(presence.action)
        if case .plain(let address) = session.peer {
            take(presence, state, from: address, on: session)
        } else if session.presence != state {
            sessions[session.id]?.presence = state
            if current[session.peer] == session.id {
                emit(.presence(describe(session.peer), state))
            }
        }
        // In the seed dialect an announcement is answered with one of ours.
        if session.details.dialect == .seed, isFirst, state != .offline {
            session.link.send(.presence(self.presence(ownPresence, seenFrom: session)))
        }
    }

    private func take(
        _ presence: UserPresence, _ state: PresenceState, from address: PeerAddress,
        on session: Session
    ) {
        plainPeers.note(name: presence.username, at: address)
        // The host is the one that we see, never the one it names: nobody can make us talk to a
        // third party.
        let remote = session.details.remote
        let port = presence.port.flatMap { $0 > 0 ? $0 : nil } ?? remote.port
        let announced = PeerAddress(host: remote.host, port: port)
        guard plainPeers.announce(name: presence.username, at: announced, presence: state) else {
            return
        }
        var description = describe(.plain(announced))
        description.name = presence.username
        emit(.presence(description, state))
    }

    func take(_ list: PresenceList, on session: Session) {
        guard let users = list.users else {
            return session.link.send(.presenceList(presenceList(seenFrom: session)))
        }
        // A list tells of its sender only. Where it does not name them, or names others, it
        // tells us nothing.
        guard isSecure, current[session.peer] == session.id, session.presence == .offline,
            users.contains(where: { $0.name == session.details.hello?.username })
        else { return }
        sessions[session.id]?.presence = .online
        emit(.presence(describe(session.peer), .online))
    }

    /// About ourselves, never about whom else we know.
    private func presenceList(seenFrom session: Session) -> PresenceList {
        guard let announcedPort, ownPresence != .offline else { return PresenceList(users: []) }
        return PresenceList(users: [
            PresenceList.Entry(
                name: userName, ip: session.details.localHost, port: announcedPort)
        ])
    }
}

extension PresenceState {
    init(_ action: UserPresence.Action) {
        switch action {
        case .online: self = .online
        case .away: self = .away
        case .offline: self = .offline
        }
    }

    var action: UserPresence.Action {
        switch self {
        case .online: .online
        case .away: .away
        case .offline: .offline
        }
    }
}
