import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import ChatWire
import TestSupport
import Testing

@Suite("The store does what a few arrays would do")
struct HistoryModelTests {
    @Test("seeded rounds of everything at once", arguments: 1...6)
    func rounds(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.ed25519)
        var random = SeededGenerator(seed: seed)
        var model = Model()
        var history = try await ChatStore.open(at: folder.database).unlock(with: key)
        let contacts = try (0..<3).map { try fingerprint($0) }
        let ids = (0..<40).map { _ in MessageID.random() }

        for step in 0..<90 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                try await history.store.close()
                history = try await ChatStore.open(at: folder.database).unlock(with: key)
            case 1:
                let target = Self.target(contacts, ids, &random)
                #expect(try await history.forget(target) == model.forget(target))
            case 2:
                let contact = contacts.randomElement(using: &random) ?? contacts[0]
                let seconds = Bool.random(using: &random) ? 50.0 : nil
                try await history.setRetention(seconds, with: contact)
                model.setRetention(seconds, with: contact)
            case 3:
                let now = Double(step)
                #expect(try await history.removeExpired(at: now) == model.removeExpired(at: now))
            default:
                let changes = (0..<Int.random(in: 1..<12, using: &random)).map { _ in
                    Self.change(contacts, ids, step, &random)
                }
                #expect(try await history.commit(changes) == changes.map { model.perform($0) })
            }
            try await Self.compare(history, model, contacts, &random)
        }
        try await history.store.integrityCheck()
    }

    private static func change(
        _ contacts: [Fingerprint], _ ids: [MessageID], _ step: Int,
        _ random: inout SeededGenerator
    ) -> MessageChange {
        let contact = contacts.randomElement(using: &random) ?? contacts[0]
        let id = ids.randomElement(using: &random) ?? ids[0]
        let states = MessageState.allCases
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            return .add(.outgoing(id, to: contact, content: "out \(step)", at: Double(step)))
        case 2, 3:
            return .add(
                .incoming(
                    id, from: contact, content: "in \(step)", timestamp: 5,
                    storedAt: Double(step), claimedSender: step.isMultiple(of: 2) ? "nick" : nil,
                    dialect: .native))
        case 4, 5: return .mark(id, to: contact, as: states.randomElement(using: &random) ?? .read)
        case 6: return .requeue(id, to: contact)
        default:
            return .markRead(with: contact, upTo: .random(in: 0..<300, using: &random))
        }
    }

    private static func target(
        _ contacts: [Fingerprint], _ ids: [MessageID], _ random: inout SeededGenerator
    ) -> ForgetTarget {
        let contact = contacts.randomElement(using: &random) ?? contacts[0]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .contact(contact)
        case 1: return .conversation(contact)
        default:
            let direction = MessageDirection.allCases.randomElement(using: &random) ?? .incoming
            return .message(ids.randomElement(using: &random) ?? ids[0], direction, with: contact)
        }
    }

    private static func compare(
        _ history: MessageHistory, _ model: Model, _ contacts: [Fingerprint],
        _ random: inout SeededGenerator
    ) async throws {
        for contact in contacts {
            let expected = model.messages(with: contact)
            let limit = Int.random(in: 1..<30, using: &random)
            let before =
                Bool.random(using: &random) ? nil : Int64.random(in: 1..<400, using: &random)
            let older = expected.filter { $0.position < before ?? .max }
            let page = try await history.page(with: contact, before: before, limit: limit)
            #expect(page.messages == Array(older.suffix(limit)))
            #expect(page.hasOlder == (older.count > limit))
            let pending = try await history.pending(for: contact, after: 3, limit: limit)
            let queued = expected.filter { $0.direction == .outgoing && $0.state == .queued }
            #expect(pending == Array(queued.filter { $0.position > 3 }.prefix(limit)))
            let summary = try await history.conversation(with: contact)
            #expect(summary == model.summary(of: contact))
        }
        let found = Found()
        try await history.scan(MessageSelection(order: .newestFirst, query: TextQuery("OUT 1"))) {
            await found.add($0, $1)
            return true
        }
        let matching = model.all.filter { $0.text?.hasPrefix("out 1") == true }
        #expect(await found.messages == matching.reversed())
    }
}

/// The naive store.
private struct Model {
    private struct Settings {
        var lastRead: Int64 = 0
        var retention: Double?
        var forgotten: Set<MessageID> = []
    }

    private var stored: [StoredMessage] = []
    private var settings: [Fingerprint: Settings] = [:]
    private var position: Int64 = 0

    var all: [StoredMessage] { stored.map(withState) }

    private func withState(_ message: StoredMessage) -> StoredMessage {
        guard message.direction == .incoming else { return message }
        let isRead = message.position <= settings[message.contact]?.lastRead ?? 0
        return message.with(state: isRead ? .read : .delivered)
    }

    func messages(with contact: Fingerprint) -> [StoredMessage] {
        all.filter { $0.contact == contact }
    }

    func summary(of contact: Fingerprint) -> ConversationSummary? {
        guard let settings = settings[contact] else { return nil }
        let messages = messages(with: contact)
        return ConversationSummary(
            contact: contact,
            unread: messages.count { $0.direction == .incoming && $0.state == .delivered },
            queued: messages.count { $0.state == .queued }, last: messages.last,
            lastRead: settings.lastRead, retention: settings.retention)
    }

    mutating func perform(_ change: MessageChange) -> MessageOutcome {
        switch change {
        case .add(let message): return add(message)
        case .mark(let id, let contact, let state):
            return move(id, contact, state) { $0 < state }
        case .requeue(let id, let contact): return move(id, contact, .queued) { $0 == .sent }
        case .markRead(let contact, let position):
            guard let old = settings[contact] else { return .unchanged }
            let new = min(position, messages(with: contact).last?.position ?? 0)
            guard new > old.lastRead else { return .unchanged }
            settings[contact]?.lastRead = new
            return .marked(from: .delivered)
        }
    }

    private mutating func add(_ message: NewMessage) -> MessageOutcome {
        let known = settings[message.contact, default: Settings()]
        settings[message.contact] = known
        let isKnown = stored.contains {
            $0.contact == message.contact && $0.direction == message.direction
                && $0.id == message.id
        }
        guard !isKnown, message.direction == .outgoing || !known.forgotten.contains(message.id)
        else { return .duplicate }
        position += 1
        stored.append(
            StoredMessage(
                position: position, id: message.id, contact: message.contact,
                direction: message.direction, content: .text(message.content),
                timestamp: message.timestamp, storedAt: message.storedAt, state: .queued,
                claimedSender: message.claimedSender, dialect: message.dialect))
        return .stored(position: position)
    }

    private mutating func move(
        _ id: MessageID, _ contact: Fingerprint, _ state: MessageState,
        where isDue: (MessageState) -> Bool
    ) -> MessageOutcome {
        let index = stored.firstIndex {
            $0.id == id && $0.contact == contact && $0.direction == .outgoing
        }
        guard let index, isDue(stored[index].state) else { return .unchanged }
        let old = stored[index].state
        stored[index] = stored[index].with(state: state)
        return .marked(from: old)
    }

    mutating func setRetention(_ seconds: Double?, with contact: Fingerprint) {
        settings[contact, default: Settings()].retention = seconds
    }

    mutating func removeExpired(at now: Double) -> Int {
        remove { message, settings in
            guard let retention = settings.retention else { return false }
            let isOver = message.direction == .incoming || message.state >= .delivered
            return message.storedAt < now - retention && isOver
        }
    }

    mutating func forget(_ target: ForgetTarget) -> Int {
        switch target {
        case .message(let id, let direction, let contact):
            return remove { message, _ in
                message.id == id && message.direction == direction && message.contact == contact
            }
        case .conversation(let contact): return remove { message, _ in message.contact == contact }
        case .contact(let contact):
            let count = remove { message, _ in message.contact == contact }
            settings[contact] = nil
            return count
        }
    }

    private mutating func remove(where isGone: (StoredMessage, Settings) -> Bool) -> Int {
        let before = stored.count
        for message in stored where isGone(message, settings[message.contact] ?? Settings()) {
            guard message.direction == .incoming else { continue }
            settings[message.contact]?.forgotten.insert(message.id)
        }
        let settings = settings
        stored.removeAll { isGone($0, settings[$0.contact] ?? Settings()) }
        return before - stored.count
    }
}

extension StoredMessage {
    fileprivate func with(state: MessageState) -> StoredMessage {
        StoredMessage(
            position: position, id: id, contact: contact, direction: direction, content: content,
            timestamp: timestamp, storedAt: storedAt, state: state, claimedSender: claimedSender,
            dialect: dialect)
    }
}
