#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A core dump would put the private key and every message in memory into a file.
public enum CoreDumps {
    /// Keeps this process, and those it starts, from leaving one. To be called first thing.
    public static func forbid() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Darwin)
            setrlimit(RLIMIT_CORE, &none)
        #else
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
            // The limit does not hold where dumps are piped to a program (core(5)); leaving every
            // mapping out of them does.
            let descriptor = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = write(descriptor, "0\n", 2)
            close(descriptor)
        #endif
    }
}
