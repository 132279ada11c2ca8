#if Desktop
import CGtk

/// The one thread that may touch GTK: the one that runs GLib's main loop.
///
/// Under that loop neither `@MainActor` nor the main dispatch queue runs. This actor's executor is
/// the loop itself, so code that is isolated to it may be awaited from anywhere, and a task that it
/// starts comes back to it after every `await`. It is the only place where anything crosses over
/// into GTK's thread.
@globalActor
actor GtkThread {
    static let shared = GtkThread()

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        LoopExecutor.shared.asUnownedSerialExecutor()
    }

    /// Runs what GTK calls back, on its thread, as isolated code. Ends the program where that is
    /// not so, which no input from outside can bring about.
    static nonisolated func assume<Value>(
        _ body: @GtkThread () throws -> Value, file: StaticString = #fileID, line: UInt = #line
    ) rethrows -> Value {
        typealias Isolated = @GtkThread () throws -> Value
        typealias Plain = () throws -> Value
        precondition(LoopExecutor.isCurrent, "This is not GTK's thread.", file: file, line: line)
        return try withoutActuallyEscaping(body) { (body: @escaping Isolated) throws -> Value in
            // As in the standard library's MainActor.assumeIsolated: the same function, whose
            // isolation has just been checked.
            try unsafeBitCast(body, to: Plain.self)()
        }
    }
}

/// Runs jobs in GLib's default main context, in the order in which they came, after input and
/// drawing: a flood of them leaves the window responsive.
final class LoopExecutor: SerialExecutor {
    static let shared = LoopExecutor()

    /// The program's first thread takes the context before anything else and keeps it.
    static var isCurrent: Bool { g_main_context_is_owner(nil) != 0 }

    func enqueue(_ job: UnownedJob) {
        g_idle_add(
            { data in
                guard let data else { return 0 }
                let job = Unmanaged<JobBox>.fromOpaque(data).takeRetainedValue().job
                job.runSynchronously(on: LoopExecutor.shared.asUnownedSerialExecutor())
                return 0
            }, Unmanaged.passRetained(JobBox(job)).toOpaque())
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() {
        precondition(Self.isCurrent, "This is not GTK's thread.")
    }
}

private final class JobBox: Sendable {
    let job: UnownedJob

    init(_ job: UnownedJob) { self.job = job }
}
#endif
