#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A session costs a file descriptor, and the limit that programs start with is mostly 1,024.
public enum OpenFiles {
    /// Room for as many sessions as there may be, with the handshakes and files beside them.
    static let wanted: rlim_t = 8_192

    /// Raises the process's own limit as far as the system lets it. To be called at the start.
    public static func raiseLimit() {
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(resource, &limit)
    }
}
