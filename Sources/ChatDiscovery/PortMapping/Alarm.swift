import Synchronization

/// A pause that can be ended from outside.
final class Alarm: Sendable {
    private let sleeping = Mutex<Task<Void, Never>?>(nil)

    /// Returns after the time, or at once when it is rung. Throws where the caller is cancelled.
    func sleep(_ seconds: Int) async throws {
        let sleep = Task { _ = try? await Task.sleep(for: .seconds(seconds)) }
        sleeping.withLock { $0 = sleep }
        await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
        try Task.checkCancellation()
    }

    func ring() {
        sleeping.withLock { $0 }?.cancel()
    }
}
