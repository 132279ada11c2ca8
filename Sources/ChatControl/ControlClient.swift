public import ChatIdentity
import ChatValues
public import ChatWire
public import NIOCore
import NIOPosix
import Synchronization

/// A connection with the p2pchat that runs for a user's folder: commands out, answers in.
///
/// One task at a time waits for what comes.
public final class ControlClient: Sendable {
    /// Seconds in which a program that runs says that it is there.
    public static let greetingPatience = 10.0

    /// Seconds in which it answers a command.
    public let patience: Double
    private let channel: any Channel
    private let incoming: AsyncStream<ControlEvent>
    private let isLate = Mutex(false)

    private init(
        _ channel: any Channel, _ incoming: AsyncStream<ControlEvent>, patience: Double
    ) {
        self.patience = patience
        self.channel = channel
        self.incoming = incoming
    }

    deinit { channel.close(promise: nil) }

    /// Connects, and waits for the program's greeting.
    ///
    /// - Parameters:
    ///   - greeting: seconds to wait for it.
    ///   - patience: seconds to wait for an answer later on.
    /// - Returns: nil where no program listens.
    /// - Throws: ``ControlFailure`` where one does and says nothing or turns us away; `IdentityError`
    ///   where what stands in the folder is not what it should be.
    public static func connect(
        to folder: UserFolder, on loop: any EventLoop,
        greeting: Double = ControlClient.greetingPatience, patience: Double = 30
    ) async throws -> ControlClient? {
        guard let descriptor = try HomeSocket.connect(in: folder) else { return nil }
        let (incoming, continuation) = AsyncStream.makeStream(of: ControlEvent.self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ControlEventReader(continuation))
                }
            }
            .withConnectedSocket(descriptor)
            .get()
        let client = ControlClient(channel, incoming, patience: patience)
        let first = try await client.next(within: greeting)
        if let failure = first.failure { throw failure }
        guard first.name == "hello" else { throw ControlFailure(.ended) }
        return client
    }

    /// Sends a command.
    ///
    /// - Parameter reference: its `ref`, a number.
    public func command(
        _ name: String, reference: Int? = nil,
        _ members: (inout JSONWriter) -> Void = { _ in }
    ) {
        var json = JSONWriter()
        json.object { json in
            json.member("command", name)
            members(&json)
            if let reference { json.member("ref", reference) }
        }
        var buffer = channel.allocator.buffer(capacity: json.bytes.count + 1)
        buffer.writeBytes(json.bytes)
        buffer.writeInteger(UInt8(ascii: "\n"))
        channel.writeAndFlush(buffer, promise: nil)
    }

    /// The next thing that the program says.
    ///
    /// - Parameter seconds: how long to wait for it, else ``patience``; past that the connection
    ///   ends.
    public func next(
        within seconds: Double? = nil
    ) async throws(ControlFailure) -> ControlEvent {
        let seconds = seconds ?? patience
        let deadline = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(seconds * 1_000))) {
            self.isLate.withLock { $0 = true }
            self.channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        var iterator = incoming.makeAsyncIterator()
        guard let event = await iterator.next() else {
            throw ControlFailure(isLate.withLock { $0 } ? .silent : .ended)
        }
        return event
    }
}

/// Why the running p2pchat can't be asked.
public struct ControlFailure: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// It does not answer; it may have been suspended.
        case silent
        /// It has left, or cut the connection.
        case ended
    }

    public let code: Code

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .silent:
            "The p2pchat that is running does not answer: bring it back to the foreground, or "
                + "end it."
        case .ended: "The p2pchat that was running has ended: try again."
        }
    }
}

/// Turns what comes into events.
private final class ControlEventReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// Bytes in a line. Contacts without number are one line; the program is our own.
    private static let lineLimit = 256 << 20

    private let continuation: AsyncStream<ControlEvent>.Continuation
    private var splitter = LineSplitter(limit: ControlEventReader.lineLimit)

    init(_ continuation: AsyncStream<ControlEvent>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for line in splitter.add(Array(unwrapInboundIn(data).readableBytesView)) {
            guard case .line(let bytes) = line, let event = ControlEvent(bytes) else {
                return context.close(promise: nil)
            }
            continuation.yield(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
