import ChatIdentity

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum Descriptor {
    static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(IdentityError) {
        let failure = writeAll(bytes, to: descriptor)
        guard failure == 0 else { throw .creating(path, errno: failure) }
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    static func read(
        _ count: Int, at offset: UInt64, from descriptor: Int32, path: String
    ) throws(IdentityError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = 0
            while length < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: length), count - length,
                    off_t(offset) + off_t(length))
                if got == 0 { return }
                if got > 0 {
                    length += got
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw .reading(path, errno: failure) }
        return bytes
    }
}
