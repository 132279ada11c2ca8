import NIOCore

extension JSONWriter {
    /// What has been written, for those who have no use for NIO's buffers.
    public var bytes: [UInt8] { Array(buffer.readableBytesView) }
}
