import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the process ends itself: `before:KIND:N` or `after:KIND:N`, around the commit with the
/// N-th change of its kind.
struct Moment: Sendable {
    enum Side: String { case before, after }
    enum Kind: String {
        /// A message that came in is stored. Before it, nothing is kept; after it, no receipt has
        /// gone out.
        case incoming
        /// A message of ours is stored: `queued` has not been said.
        case outgoing
        /// A message of ours for a peer of the seed dialect goes out.
        case sent
        /// A receipt is recorded.
        case delivered
    }

    let side: Side
    let kind: Kind
    let number: Int

    init(_ text: String) throws {
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3, let side = Side(rawValue: parts[0]),
            let kind = Kind(rawValue: parts[1]), let number = Int(parts[2])
        else { throw Misuse("\(text) is no moment.") }
        (self.side, self.kind, self.number) = (side, kind, number)
    }

    func counts(_ change: MessageChange) -> Bool {
        switch change {
        case .add(let message):
            kind == (message.direction == .incoming ? .incoming : .outgoing)
        case .mark(_, _, as: .sent): kind == .sent
        case .mark(_, _, as: .delivered): kind == .delivered
        default: false
        }
    }
}

/// The real messages, with a crash at one commit.
final class CrashingStore: MessageStore {
    private let messages: MessageHistory
    private let moment: Moment?
    private let count = Mutex(0)

    init(_ messages: MessageHistory, at moment: Moment?) {
        self.messages = messages
        self.moment = moment
    }

    func commit(_ changes: [MessageChange]) async throws -> [MessageOutcome] {
        let side = reached(by: changes) ? moment?.side : nil
        if side == .before { die() }
        let outcomes = try await messages.commit(changes)
        if side == .after { die() }
        return outcomes
    }

    private func reached(by changes: [MessageChange]) -> Bool {
        guard let moment else { return false }
        let found = changes.count(where: moment.counts)
        return count.withLock { count in
            let before = count
            count += found
            return (before + 1..<count + 1).contains(moment.number)
        }
    }

    /// At once, as the kernel would do it: nothing is flushed, nobody is told.
    private func die() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }
}

extension CrashingStore {
    func pending(
        for contact: Fingerprint, after position: Int64, limit: Int
    ) async throws -> [StoredMessage] {
        try await messages.pending(for: contact, after: position, limit: limit)
    }

    func page(
        with contact: Fingerprint, before position: Int64?, limit: Int
    ) async throws -> MessagePage {
        try await messages.page(with: contact, before: position, limit: limit)
    }

    func message(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws -> StoredMessage? {
        try await messages.message(id, direction, with: contact)
    }

    func conversations() async throws -> [ConversationSummary] {
        try await messages.conversations()
    }

    func conversation(with contact: Fingerprint) async throws -> ConversationSummary? {
        try await messages.conversation(with: contact)
    }

    func messageCount(with contact: Fingerprint) async throws -> Int {
        try await messages.messageCount(with: contact)
    }

    func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress {
        try await messages.scan(selection, body)
    }

    func forget(_ target: ForgetTarget) async throws -> Int { try await messages.forget(target) }

    func setRetention(_ seconds: Double?, with contact: Fingerprint) async throws {
        try await messages.setRetention(seconds, with: contact)
    }

    func removeExpired(at now: Double) async throws -> Int {
        try await messages.removeExpired(at: now)
    }
}
