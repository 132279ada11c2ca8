#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A handler that was installed for a signal, and what the process did on that signal before.
package struct SignalHandler {
    private let number: Int32
    private let former: sigaction

    /// Installs a handler, which reaches nothing but globals. Nil where the process ignores the
    /// signal, as under nohup: then it goes on ignoring it.
    ///
    /// - Parameter restarting: whether system calls that the signal interrupts are taken up again.
    package init?(
        _ number: Int32, restarting: Bool, _ handler: @escaping @convention(c) (Int32) -> Void
    ) {
        var old = sigaction()
        guard sigaction(number, nil, &old) == 0, !old.isIgnored else { return nil }
        var new = sigaction()
        sigemptyset(&new.sa_mask)
        if restarting { new.sa_flags = Int32(SA_RESTART) }
        #if canImport(Glibc)
            new.__sigaction_handler.sa_handler = handler
        #elseif canImport(Musl)
            new.__sa_handler.sa_handler = handler
        #else
            new.__sigaction_u.__sa_handler = handler
        #endif
        guard sigaction(number, &new, nil) == 0 else { return nil }
        self.number = number
        former = old
    }

    /// Puts back what was done before.
    package func restore() {
        var action = former
        sigaction(number, &action, nil)
    }
}

extension sigaction {
    fileprivate var isIgnored: Bool {
        // SIG_IGN is the handler at address 1, and Swift has no other way to compare handlers.
        #if canImport(Glibc)
            let handler = __sigaction_handler.sa_handler
        #elseif canImport(Musl)
            let handler = __sa_handler.sa_handler
        #else
            let handler = __sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
