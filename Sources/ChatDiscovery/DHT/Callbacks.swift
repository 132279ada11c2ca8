#if DHT
    import Synchronization

    /// What a C callback's context points to.
    final class Box<Value: Sendable>: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }

        /// For a context that ``release`` gives back.
        func retained() -> UnsafeMutableRawPointer {
            Unmanaged.passRetained(self).toOpaque()
        }

        static func at(_ context: UnsafeMutableRawPointer) -> Value {
            Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().value
        }
    }

    /// Gives back any ``Box``.
    let releaseBox: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
        if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
    }

    /// A look-up on its way: gathers values until it ends.
    final class Lookup: Sendable {
        private struct State {
            var values: [[UInt8]] = []
            var waiting: CheckedContinuation<[[UInt8]], Never>?
        }

        private let state: Mutex<State>

        init(_ waiting: CheckedContinuation<[[UInt8]], Never>) {
            state = Mutex(State(waiting: waiting))
        }

        /// False once there are enough.
        func add(_ value: [UInt8]) -> Bool {
            state.withLock { state in
                guard state.values.count < DHTLimits.values else { return false }
                state.values.append(value)
                return state.values.count < DHTLimits.values
            }
        }

        func finish() {
            let (waiting, values) = state.withLock { state in
                (state.waiting.take(), state.values)
            }
            waiting?.resume(returning: values)
        }

        deinit { finish() }
    }
#endif
