public import ChatValues
public import ChatWire

/// Where messages are kept, with what waits to be sent. ChatStore keeps them in SQLite, sealed;
/// tests in memory.
///
/// A call that changes something returns once the change is on disk, or throws a ``StoreFailure``
/// and has changed nothing, but for ``forget(_:)`` and ``removeExpired(at:)``, which work in
/// parts. So: `queued` is said, and a receipt given, after ``commit(_:)`` has returned.
///
/// A contact here is a fingerprint. Whether it is still in the contact list makes no difference.
public protocol MessageStore: Sendable {
    /// Does all changes, in order, in one transaction, or none of them.
    ///
    /// - Returns: An outcome for each change.
    func commit(_ changes: [MessageChange]) async throws -> [MessageOutcome]

    /// The same without a task: what the node calls for each batch, since a task that waits is
    /// resumed on a thread of its own before it is back on the node's.
    ///
    /// - Parameter completion: Called once, on any thread, also before this returns; not called
    ///   where this returns a result.
    /// - Returns: The result where there is nothing to wait for.
    func commit(
        _ changes: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult?

    /// Messages to this contact in the state ``MessageState/queued``, oldest first.
    ///
    /// - Parameters:
    ///   - position: Those after it alone; 0 for all.
    ///   - limit: At most so many, and fewer only where there are no more.
    func pending(
        for contact: Fingerprint, after position: Int64, limit: Int
    ) async throws -> [StoredMessage]

    /// The newest messages of a conversation, or the newest before a position.
    func page(
        with contact: Fingerprint, before position: Int64?, limit: Int
    ) async throws -> MessagePage

    func message(
        _ id: MessageID, _ direction: MessageDirection, with contact: Fingerprint
    ) async throws -> StoredMessage?

    /// Every conversation that holds a message or a setting, that with the newest message first.
    func conversations() async throws -> [ConversationSummary]
    /// Nil where there is nothing.
    func conversation(with contact: Fingerprint) async throws -> ConversationSummary?

    /// How many messages a conversation holds, both ways. It takes a moment where they are many.
    func messageCount(with contact: Fingerprint) async throws -> Int

    /// Goes through messages a page at a time, opening each: search and export.
    ///
    /// Messages that arrive meanwhile are not looked at. Cancelling the task ends it with a
    /// `CancellationError` at the next page.
    ///
    /// - Parameter body: Called after each page, with those of it that match, which may be none,
    ///   in the order asked for. The next page is read when it has returned; false ends the scan.
    /// - Returns: How far it came.
    @discardableResult
    func scan(
        _ selection: MessageSelection,
        _ body: @Sendable ([StoredMessage], ScanProgress) async throws -> Bool
    ) async throws -> ScanProgress

    /// Removes messages so that nothing of them is left in the store's files.
    ///
    /// The ids of the newest 4,096 forgotten messages that came from each contact are kept, since
    /// the contact may not have had our receipt and send them again; but not after
    /// ``ForgetTarget/contact(_:)``.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    func forget(_ target: ForgetTarget) async throws -> Int

    /// For how long messages of this conversation are kept from when they were stored.
    ///
    /// - Parameter seconds: More than 0; nil for ever.
    func setRetention(_ seconds: Double?, with contact: Fingerprint) async throws

    /// Forgets what has been kept for as long as was set. Messages of ours that were not
    /// delivered stay.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Returns: How many were removed.
    @discardableResult
    func removeExpired(at now: Double) async throws -> Int
}

/// An outcome for each change, or why there is none.
public typealias CommitResult = Result<[MessageOutcome], any Error>

extension MessageStore {
    public func commit(
        _ changes: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult? {
        Task {
            do {
                completion(.success(try await commit(changes)))
            } catch {
                completion(.failure(error))
            }
        }
        return nil
    }

    /// Stores messages. For each its position, or nil for a duplicate.
    public func add(_ messages: [NewMessage]) async throws -> [Int64?] {
        try await commit(messages.map(MessageChange.add)).map { outcome in
            if case .stored(let position) = outcome { position } else { nil }
        }
    }

    /// Moves messages of ours on. For each whether it had not come that far before.
    public func mark(
        _ ids: [MessageID], to contact: Fingerprint, as state: MessageState
    ) async throws -> [Bool] {
        try await commit(ids.map { .mark($0, to: contact, as: state) }).map { $0 != .unchanged }
    }
}
