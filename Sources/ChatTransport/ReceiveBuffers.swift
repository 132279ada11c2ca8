import NIOCore

/// How much memory a connection reads into: what fits what came lately, for each read anew, so that
/// an idle connection holds none.
///
/// NIO keeps the first buffers of a connection, as many as it reads at once, for as long as the
/// connection lives, and uses them again where the allocator names a size. This one names none, the
/// channel reads once at a time, and the first buffer, which is kept, is tiny.
struct ReceiveBuffers: RecvByteBufferAllocator {
    private static let first: Int32 = 16
    /// A handshake's flights fit into the least.
    private static let sizes: ClosedRange<Int32> = 1_024...65_536

    // No larger than three words, which NIO holds in place.
    private var next = Self.first
    private var wasLow = false

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: Int(next))
    }

    func nextBufferSize() -> Int? { nil }

    /// Twice as much after a read that filled the buffer, half as much after two that would have
    /// fitted into a half.
    ///
    /// - Returns: true: the buffer that is kept is never to be used again.
    mutating func record(actualReadBytes: Int) -> Bool {
        let isLow = actualReadBytes <= next / 2
        if next < Self.sizes.lowerBound {
            next = Self.sizes.lowerBound
        } else if actualReadBytes >= next {
            next = min(next * 2, Self.sizes.upperBound)
        } else if isLow, wasLow {
            next = max(next / 2, Self.sizes.lowerBound)
        }
        wasLow = isLow
        return true
    }
}
