internal import COpenSSL

/// Bytes that are wiped when the last reference goes: passphrases, and private keys on their way
/// to or from a file.
public final class SecretBytes: Sendable {
    // Written only by the initialiser; nobody can reach it before that has returned, and nobody
    // but deinit writes to it after.
    nonisolated(unsafe) private let buffer: UnsafeMutableRawBufferPointer

    /// The number of bytes.
    public var count: Int { buffer.count }

    /// Lets `fill` write up to `capacity` bytes and say how many it wrote. The rest is wiped too.
    package init<E: Error>(
        capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer {
            OPENSSL_cleanse(scratch.baseAddress, scratch.count)
            scratch.deallocate()
        }
        let count = try fill(scratch)
        precondition((0...capacity).contains(count))
        buffer = .allocate(byteCount: count, alignment: 1)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
    }

    /// A copy of `bytes`. What it was copied from is the caller's to wipe.
    public convenience init(copying bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count) { buffer in
            buffer.copyBytes(from: bytes)
            return bytes.count
        }
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    /// The bytes, only for the length of the call.
    public func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(buffer))
    }
}
