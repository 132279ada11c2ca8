import NIOCore

extension EventLoopFuture {
    struct NotYet: Error {}

    /// What it has come to. On an embedded loop nothing will come of waiting.
    func now() throws -> Value {
        var outcome: Result<Value, any Error> = .failure(NotYet())
        assumeIsolated().whenComplete { outcome = $0 }
        return try outcome.get()
    }

    var isFulfilled: Bool {
        var done = false
        assumeIsolated().whenComplete { _ in done = true }
        return done
    }
}
