import Dispatch

/// For libraries that block for seconds: never on the event loop or one of the few threads that
/// tasks share.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
}
