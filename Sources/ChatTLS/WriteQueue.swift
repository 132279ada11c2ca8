internal import NIOCore

/// Application data on its way into records: what was written, and how far it was flushed.
struct WriteQueue {
    /// The most plaintext that one record holds (RFC 8446, section 5.1).
    static let recordByteCount = 16 * 1024
    /// About how much goes to the channel as one buffer.
    static let batchByteCount = 128 * 1024
    /// Header, content type and tag.
    private static let recordOverhead = 22

    private struct Write {
        var bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private var writes = MarkedCircularBuffer<Write>(initialCapacity: 2)

    mutating func append(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        writes.append(Write(bytes: bytes, promise: promise))
    }

    /// Everything written so far may go.
    mutating func flush() { writes.mark() }

    /// True while something flushed waits.
    var hasFlushed: Bool { writes.hasMark }

    /// Encrypts flushed writes, the next batch of them. Small ones share records, so that many
    /// frames go out as few records, and long ones are encrypted where they lie.
    ///
    /// Adds the promises of the writes that are now encrypted to their end, whether or not it
    /// throws.
    mutating func encryptBatch(
        with connection: TLSConnection, promises: inout [EventLoopPromise<Void>]
    ) throws(TLSFailure) {
        if try encryptOnly(with: connection, promises: &promises) { return }
        let expected = plaintextByteCount()
        connection.wire.reserveOutbound(
            expected + (expected / Self.recordByteCount + 1) * Self.recordOverhead)
        var record = ByteBuffer()
        var taken = 0
        while taken < Self.batchByteCount, writes.hasMark {
            let first = writes.startIndex
            let isLast = writes.markedElementIndex == first
            var length = writes[first].bytes.readableBytes
            if record.readableBytes == 0, isLast || length >= Self.recordByteCount {
                // All of it, or as many whole records as there are in it.
                length = min(length, Self.batchByteCount)
                if !isLast { length -= length % Self.recordByteCount }
                try connection.write(&writes[first].bytes, length: length)
            } else {
                if record.capacity == 0 {
                    record.reserveCapacity(min(expected, Self.recordByteCount))
                }
                length = min(length, Self.recordByteCount - record.readableBytes)
                if let part = writes[first].bytes.readSlice(length: length) {
                    record.writeImmutableBuffer(part)
                }
                if record.readableBytes == Self.recordByteCount {
                    try connection.write(&record, length: Self.recordByteCount)
                    record.clear()
                }
            }
            taken += length
            if writes[first].bytes.readableBytes == 0, let promise = writes.removeFirst().promise {
                promises.append(promise)
            }
        }
        try connection.write(&record, length: record.readableBytes)
    }

    /// Encrypts the only write there is, which fits into one record: nearly every turn is one. False,
    /// and nothing done, for all else.
    private mutating func encryptOnly(
        with connection: TLSConnection, promises: inout [EventLoopPromise<Void>]
    ) throws(TLSFailure) -> Bool {
        guard writes.count == 1, var only = writes.first,
            only.bytes.readableBytes <= Self.recordByteCount
        else { return false }
        _ = writes.removeFirst()
        // Its promise is with the caller in any case.
        if let promise = only.promise { promises.append(promise) }
        let length = only.bytes.readableBytes
        connection.wire.reserveOutbound(length + Self.recordOverhead)
        try connection.write(&only.bytes, length: length)
        return true
    }

    /// How much plaintext the next batch will take at most, so that there is room at once.
    private func plaintextByteCount() -> Int {
        var count = 0
        for write in writes {
            count += write.bytes.readableBytes
            if count >= Self.batchByteCount { break }
        }
        return min(count, Self.batchByteCount + Self.recordByteCount)
    }

    /// Drops everything. The promises fail after the queue is empty: their listeners may write.
    mutating func takeAll() -> [EventLoopPromise<Void>] {
        defer { writes = MarkedCircularBuffer(initialCapacity: 2) }
        return writes.compactMap(\.promise)
    }
}

extension TLSConnection {
    /// Encrypts that many bytes from the front of the buffer and moves past them.
    func write(_ bytes: inout ByteBuffer, length: Int) throws(TLSFailure) {
        let result = bytes.withUnsafeReadableBytes { source -> Result<Void, TLSFailure> in
            do throws(TLSFailure) {
                try write(UnsafeRawBufferPointer(rebasing: source.prefix(length)))
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
        bytes.moveReaderIndex(forwardBy: length)
    }
}
