#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

package enum PrivateFolders {
    /// Makes the folder and those it lies in, each closed to others, whatever the umask. Those
    /// that exist are left as they are.
    package static func make(_ path: String) throws(IdentityError) {
        var missing: [String] = []
        var candidate = Substring(path)
        while mkdir(String(candidate), 0o700) != 0 {
            let number = errno
            if number == EEXIST { break }
            guard number == ENOENT, let slash = candidate.lastIndex(of: "/"),
                slash != candidate.startIndex
            else { throw .creating(String(candidate), errno: number) }
            missing.append(String(candidate))
            candidate = candidate[..<slash]
        }
        for path in missing.reversed() {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .creating(path, errno: errno)
            }
        }
    }
}
