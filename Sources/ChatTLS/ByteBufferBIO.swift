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
    let allocator: ByteBufferAllocator

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
        inbound.append(bytes)
    }

    /// Makes room for that much ciphertext at once.
    func reserveOutbound(_ byteCount: Int) {
        outbound.makeRoom(byteCount, from: allocator)
    }

    /// Hands over everything that has to go out, or nil where there is nothing.
    func takeOutbound() -> ByteBuffer? {
        var taken = ByteBuffer()
        swap(&taken, &outbound)
        if taken.readableBytes > 0 { return taken }
        // Room that is wanted soon.
        if taken.capacity > 0 { swap(&taken, &outbound) }
        return nil
    }

    fileprivate func read(into target: UnsafeMutableRawPointer, count: Int) -> Int {
        inbound.move(to: target, atMost: count)
    }

    fileprivate func write(_ source: UnsafeRawBufferPointer) {
        outbound.append(source, from: allocator)
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
            let taken = owner.read(into: target, count: Int(count))
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

// Each a change of its own, so that Swift checks once that nobody else is at the buffer.
extension ByteBuffer {
    fileprivate mutating func append(_ bytes: ByteBuffer) {
        if readableBytes == 0 {
            self = bytes
        } else {
            writeImmutableBuffer(bytes)
        }
    }

    fileprivate mutating func append(
        _ bytes: UnsafeRawBufferPointer, from allocator: ByteBufferAllocator
    ) {
        if capacity == 0 { self = allocator.buffer(capacity: bytes.count) }
        writeBytes(bytes)
    }

    fileprivate mutating func makeRoom(_ byteCount: Int, from allocator: ByteBufferAllocator) {
        if capacity == 0 {
            self = allocator.buffer(capacity: byteCount)
        } else {
            reserveCapacity(minimumWritableBytes: byteCount)
        }
    }

    /// An idle connection holds no buffer: one that is empty then is given up.
    fileprivate mutating func move(to target: UnsafeMutableRawPointer, atMost limit: Int) -> Int {
        let count = min(readableBytes, limit)
        withUnsafeReadableBytes { source in
            if let start = source.baseAddress { target.copyMemory(from: start, byteCount: count) }
        }
        if count == readableBytes {
            self = ByteBuffer()
        } else {
            moveReaderIndex(forwardBy: count)
        }
        return count
    }
}
