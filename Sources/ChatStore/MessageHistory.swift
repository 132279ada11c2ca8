public import ChatCore
import ChatIdentity
import ChatValues
import GRDB

/// The messages in a ``ChatStore``, opened with the identity's private key.
///
/// Get one with ``ChatStore/unlock(with:)``. It holds the store, and the key that messages are
/// sealed with, for as long as it lives.
public struct MessageHistory: MessageStore {
    public let store: ChatStore
    let key: SealingKey

    init(_ store: ChatStore, key: SealingKey) {
        self.store = store
        self.key = key
    }

    /// Does all changes, in order, in one transaction with one fsync, or none of them.
    public func commit(
        _ changes: [MessageChange]
    ) async throws(StoreFailure) -> [MessageOutcome] {
        guard !changes.isEmpty else { return [] }
        return try await store.write(isOneOfMany: true) { [key] database in
            try Self.perform(changes, in: database, key: key)
        }
    }

    public func commit(
        _ changes: [MessageChange], completion: @escaping @Sendable (CommitResult) -> Void
    ) -> CommitResult? {
        guard !changes.isEmpty else { return .success([]) }
        store.write(isOneOfMany: true) { [key] database in
            try Self.perform(changes, in: database, key: key)
        } completion: { result in
            completion(result.mapError(\.self))
        }
        return nil
    }

    private static func perform(
        _ changes: [MessageChange], in database: Database, key: SealingKey
    ) throws -> [MessageOutcome] {
        var batch = MessageBatch(database, key: key)
        var outcomes: [MessageOutcome] = []
        outcomes.reserveCapacity(changes.count)
        for change in changes { outcomes.append(try batch.perform(change)) }
        return outcomes
    }
}
