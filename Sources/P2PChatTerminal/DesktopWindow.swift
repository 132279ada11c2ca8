import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The other face: `p2pchat-gtk`, which lies beside this program or in PATH.
enum DesktopWindow {
    static let program = "p2pchat-gtk"

    /// Becomes that program, with the same arguments. Returns only by throwing.
    static func open(_ arguments: [String]) throws -> Never {
        let passed = arguments.filter { $0 != "--gui" }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + passed).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        // This thread is a worker, and takes no signals: the window would be born deaf to them.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        if let beside { execv(beside, words) }
        execvp(program, words)
        let reason = errno
        throw CommandFailure(
            .unavailable,
            reason == ENOENT
                ? "The window is not installed: build it with 'swift build --traits Desktop', or "
                    + "put p2pchat-gtk into PATH."
                : "The window can't be opened: p2pchat-gtk: \(String(cString: strerror(reason))).")
    }

    /// Its path, were it in the folder of the program that runs.
    private static var beside: String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        guard count > 0 else { return nil }
        let own = String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let slash = own.lastIndex(of: "/") else { return nil }
        return own[...slash] + program
    }
}
