internal import NIOCore

/// The end of a connection that has something left to say: it takes a bounded time.
final class Shutdown {
    var timer: Scheduled<Void>?
    /// The callers of close() that wait for the end.
    private var promises: [EventLoopPromise<Void>] = []

    func join(_ promise: EventLoopPromise<Void>?) {
        if let promise { promises.append(promise) }
    }

    /// Cancels the timer and hands over those who wait.
    func finish() -> [EventLoopPromise<Void>] {
        timer?.cancel()
        timer = nil
        defer { promises = [] }
        return promises
    }
}
