#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension Certificate {
    /// The certificates in a file: PEM with one or several, or DER with one. At most 1 MiB is read.
    /// A pipe will do; symbolic links are followed.
    public static func certificates(
        inFile path: String
    ) throws(IdentityError) -> [Certificate] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .reading(path, errno: errno) }
        defer { close(descriptor) }
        let content = try readAll(
            from: descriptor, limit: maximumFileByteCount, path: path
        ).withBytes { Array($0) }
        do throws(IdentityError) {
            // DER begins with the tag of a SEQUENCE, which is the digit 0 in ASCII.
            if content.first == 0x30, let certificate = try? Certificate(der: content) {
                return [certificate]
            }
            return try certificates(inPEM: content)
        } catch {
            throw error.about(path)
        }
    }
}
