public import ChatCore
public import ChatValues
import ChatWire

/// Stored messages, and what contacts are told of them.
extension JSONInterface {
    /// Bytes of text after which an answer has no further, older messages.
    private static let answerBytes = 4 << 20

    func run(_ command: MessageCommand, _ reference: String?) async throws(NodeFailure) {
        switch command {
        case .history(let peer, let before, let limit):
            let description = try await describe(peer)
            let page = try await node.history(with: peer, before: before, limit: limit)
            await answer("history", reference) {
                $0.history(of: description, page.cut(Self.answerBytes))
            }
        case .read(let peer, let position):
            try await node.markRead(with: peer, upTo: position)
        case .readMessage(let id, let peer):
            guard let message = try await node.message(id, .incoming, with: peer) else {
                throw unknown(id)
            }
            try await node.markRead(with: peer, upTo: message.position)
        case .typing(let isActive, let peer):
            _ = try await node.contact(peer)
            await node.setTyping(isActive, to: peer)
        case .forget(let peer):
            let description = try await describe(peer)
            let count = try await node.forget(.conversation(try fingerprint(description)))
            await tellForgotten(count, description, contact: false, reference)
        case .forgetMessage(let id, let direction, let peer):
            try await forget(id, direction, with: peer, reference)
        case .forgetContact(let peer):
            let description = try await describe(peer)
            let fingerprint = try fingerprint(description)
            if description.trust != nil {
                try await node.removeContact(fingerprint.description)
            }
            let count = try await node.forget(.contact(fingerprint))
            await tellForgotten(count, description, contact: true, reference)
        case .retention(let peer):
            let description = try await describe(peer)
            let summary = try await node.conversations().first {
                $0.contact == description.fingerprint
            }
            await tellRetention(summary?.retention, description, reference)
        case .setRetention(let seconds, let peer):
            let description = try await describe(peer)
            try await node.setRetention(seconds, with: peer)
            await tellRetention(seconds, description, reference)
            await guest?.acted(.retention(seconds, with: description))
        case .resend(let id, let peer):
            try await node.resend(id, to: peer)
        case .preferences(let readReceipts, let typing):
            try await prefer(readReceipts, typing, reference)
        }
    }

    private func forget(
        _ id: MessageID, _ direction: MessageDirection?, with peer: String, _ reference: String?
    ) async throws(NodeFailure) {
        let description = try await describe(peer)
        let fingerprint = try fingerprint(description)
        var count = 0
        for direction in direction.map({ [$0] }) ?? MessageDirection.allCases {
            count += try await node.forget(.message(id, direction, with: fingerprint))
        }
        guard count > 0 else { throw unknown(id) }
        await tellForgotten(count, description, contact: false, reference)
    }

    private func prefer(
        _ readReceipts: Bool?, _ typing: Bool?, _ reference: String?
    ) async throws(NodeFailure) {
        var preferences = await node.preferences
        if readReceipts != nil || typing != nil {
            preferences.readReceipts = readReceipts ?? preferences.readReceipts
            preferences.typing = typing ?? preferences.typing
            try await node.setPreferences(preferences)
        }
        await answer("preferences", reference) { json in
            json.member("read_receipts", preferences.readReceipts)
            json.member("typing", preferences.typing)
        }
    }

    private func tellForgotten(
        _ count: Int, _ peer: PeerDescription, contact: Bool, _ reference: String?
    ) async {
        await answer("forgotten", reference) { json in
            json.member("peer", peer)
            json.member("messages", count)
            json.member("contact", contact)
        }
        await guest?.acted(.forgotten(count, with: peer))
    }

    private func tellRetention(
        _ seconds: Double?, _ peer: PeerDescription, _ reference: String?
    ) async {
        await answer("retention", reference) { json in
            json.member("peer", peer)
            json.key("seconds")
            if let seconds { json.number(seconds) } else { json.null() }
        }
    }

    /// Whom a command names: a contact, or by the whole fingerprint somebody who was one.
    private func describe(_ peer: String) async throws(NodeFailure) -> PeerDescription {
        do {
            let contact = try await node.contact(peer)
            return PeerDescription(
                name: contact.name, fingerprint: contact.fingerprint, trust: contact.trust,
                address: nil)
        } catch {
            guard error.code == .unknownContact, let fingerprint = Fingerprint(peer) else {
                throw error
            }
            return PeerDescription(former: fingerprint)
        }
    }

    private func fingerprint(
        _ peer: PeerDescription
    ) throws(NodeFailure) -> Fingerprint {
        guard let fingerprint = peer.fingerprint else {
            throw NodeFailure(.insecureMode, "Plain text keeps no messages.")
        }
        return fingerprint
    }

    private func unknown(_ id: MessageID) -> NodeFailure {
        NodeFailure(.unknownMessage, "There is no message \(id): \"history\" tells the ids.")
    }
}

extension PeerDescription {
    /// Somebody who is no contact any more: the beginning of the fingerprint stands for a name,
    /// and is enough to find them by.
    public init(former fingerprint: Fingerprint) {
        self.init(
            name: String(fingerprint.description.prefix(23)), fingerprint: fingerprint, trust: nil,
            address: nil)
    }
}

extension MessagePage {
    /// Its newest messages, up to so many bytes of text, and at least one.
    func cut(_ limit: Int) -> MessagePage {
        var bytes = 0
        let kept = messages.reversed().prefix { message in
            let isFirst = bytes == 0
            bytes += message.text?.utf8.count ?? 0
            return isFirst || bytes <= limit
        }
        guard kept.count < messages.count else { return self }
        return MessagePage(messages: kept.reversed(), hasOlder: true)
    }
}
