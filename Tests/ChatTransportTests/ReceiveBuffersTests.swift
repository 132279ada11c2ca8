import NIOCore
import Testing

@testable import ChatTransport

@Suite struct ReceiveBuffersTests {
    private let allocator = ByteBufferAllocator()

    @Test func growWithWhatComesAndShrinkAgain() {
        var buffers = ReceiveBuffers()
        func capacity() -> Int { buffers.buffer(allocator: allocator).capacity }
        #expect(capacity() == 16)
        _ = buffers.record(actualReadBytes: 16)
        #expect(capacity() == 1_024)
        for expected in [2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 65_536] {
            _ = buffers.record(actualReadBytes: capacity())
            #expect(capacity() == expected)
        }
        // One small read may be the end of a large message; two are small ones.
        _ = buffers.record(actualReadBytes: 100)
        #expect(capacity() == 65_536)
        _ = buffers.record(actualReadBytes: 100)
        #expect(capacity() == 32_768)
        for _ in 0..<10 { _ = buffers.record(actualReadBytes: 100) }
        #expect(capacity() == 1_024)
    }

    /// What NIO keeps of a connection's buffers, the reason for all of this.
    @Test func nioKeepsTheTinyFirstOneOnly() {
        var pool = NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: ReceiveBuffers())
        for expected in [16, 1_024, 2_048, 4_096] {
            let (buffer, size) = pool.buffer(allocator: allocator) { buffer in
                let size = buffer.writableBytes
                buffer.writeRepeatingByte(1, count: size)
                return size
            }
            #expect(size == expected)
            #expect(buffer.readableBytes == expected)
            pool.record(actualReadBytes: size)
        }
        #expect(pool.count == 1)
        // What is kept has the first one's size, and is never handed out again.
        pool.recvAllocator = FixedSizeRecvByteBufferAllocator(capacity: 1)
        let (kept, _) = pool.buffer(allocator: allocator) { _ in }
        #expect(kept.capacity == 16)
    }

    @Test func fitIntoThreeWords() {
        #expect(MemoryLayout<ReceiveBuffers>.size <= 3 * MemoryLayout<Int>.size)
    }
}
