internal import COpenSSL
internal import NIOCore

/// What OpenSSL reads ciphertext from and writes it to: two ByteBuffers behind a BIO, with no copy
/// of its own in between.
///
/// The BIO holds this object unretained: its owner keeps both until the BIO is freed.
final class ByteBufferBIO {
    /// Ciphertext from the network that OpenSSL has not taken yet.
    private var inbound = ByteBuffer()
    /// Ciphertext that has yet to go out.
    private var outbound = ByteBuffer()
    private let allocator: ByteBufferAllocator

    init(allocator: ByteBufferAllocator) {
        self.allocator = allocator
    }

    /// A BIO over this object, or nil where there is no memory. The caller owns it.
    func makeBIO() -> OpaquePointer? {
        guard let method = Self.method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    var inboundByteCount: Int { inbound.readableBytes }
    var outboundByteCount: Int { outbound.readableBytes }
    /// The memory that both buffers have.
    var heldByteCount: Int { inbound.capacity + outbound.capacity }

    /// Adds what came from the network. As a rule OpenSSL has taken everything before, and the
    /// buffer is kept as it is, uncopied.
    func receive(_ bytes: ByteBuffer) {
        if inbound.readableBytes == 0 {
            inbound = bytes
        } else {
            inbound.writeImmutableBuffer(bytes)
        }
    }

    /// Makes room for that much ciphertext at once.
    func reserveOutbound(_ byteCount: Int) {
        if outbound.capacity == 0 {
            outbound = allocator.buffer(capacity: byteCount)
        } else {
            outbound.reserveCapacity(minimumWritableBytes: byteCount)
        }
    }

    /// Hands over everything that has to go out, or nil where there is nothing.
    func takeOutbound() -> ByteBuffer? {
        guard outbound.readableBytes > 0 else { return nil }
        defer { outbound = ByteBuffer() }
        return outbound
    }

    fileprivate func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = inbound.readWithUnsafeReadableBytes { source in
            let count = min(source.count, target.count)
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(count)))
            return count
        }
        // An idle connection holds no buffer.
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        return count
    }

    fileprivate func write(_ source: UnsafeRawBufferPointer) {
        if outbound.capacity == 0 { outbound = allocator.buffer(capacity: source.count) }
        outbound.writeBytes(source)
    }

    // nonisolated(unsafe): made once under Swift's own lock, and never changed or freed after.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = BIO_meth_new(type, "ByteBuffer") else { return nil }
        BIO_meth_set_read(method) { bio, target, count in
            guard let bio, let target, count > 0, let owner = ByteBufferBIO.behind(bio) else {
                return -1
            }
            COpenSSL_BIO_clear_retry_flags(bio)
            let taken = owner.read(
                into: UnsafeMutableRawBufferPointer(start: target, count: Int(count)))
            // Nothing there yet is not the end: whether the peer is gone, the channel knows.
            if taken == 0 { COpenSSL_BIO_set_retry_read(bio) }
            return taken == 0 ? -1 : CInt(taken)
        }
        BIO_meth_set_write(method) { bio, source, count in
            guard let bio, let source, count > 0, let owner = ByteBufferBIO.behind(bio) else {
                return -1
            }
            COpenSSL_BIO_clear_retry_flags(bio)
            owner.write(UnsafeRawBufferPointer(start: source, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in
            // OpenSSL flushes after every flight; everything else has no meaning here.
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
        return method
    }()

    private static func behind(_ bio: OpaquePointer) -> ByteBufferBIO? {
        BIO_get_data(bio).map { Unmanaged<ByteBufferBIO>.fromOpaque($0).takeUnretainedValue() }
    }
}
