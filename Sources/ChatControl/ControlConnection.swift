import ChatCore
import ChatIdentity
import ChatValues
import ChatWire
import Logging
import NIOCore
import Synchronization

/// One client of the control socket.
///
/// Its commands are carried out one after the other. No more is read from it while one is under way,
/// or while it does not take what we have to say.
final class ControlConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Names it among those of this node, and of earlier ones whose messages are still on their way.
    let number = UInt64.random(in: 0 ... .max)
    private(set) var isWatching = false

    private let server: ControlServer
    private var context: ChannelHandlerContext?
    private var interface: JSONInterface?
    private var splitter = LineSplitter(limit: JSONInterface.lineLimit)
    private var commands: ArraySlice<LineSplitter.Line> = []
    private var isAtWork = false
    private var isReading = false
    /// It will say no more.
    private var hasFallenSilent = false
    private var isLeaving = false
    private var willFlush = false
    private var queuedBytes = 0

    init(server: ControlServer) {
        self.server = server
    }

    /// Done when the connection is; nil where it is already.
    var closed: EventLoopFuture<Void>? { context?.channel.closeFuture }

    // MARK: The channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard let options = context.channel as? any SocketOptionProvider else {
            return context.close(promise: nil)
        }
        let credentials: EventLoopFuture<SocketPeer.Credentials> = options.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: SocketPeer.level),
            name: NIOBSDSocket.Option(rawValue: SocketPeer.option))
        credentials.assumeIsolated().whenComplete { result in
            guard case .success(let credentials) = result,
                SocketPeer.user(in: credentials) == SocketPeer.ownUser
            else {
                self.server.log.warning("another user was turned away from the control socket")
                return self.cut()
            }
            self.begin()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        server.left(self)
        // What it said before is still carried out.
        goOn()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        commands += splitter.add(Array(buffer.readableBytesView))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        goOn()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            hasFallenSilent = true
            if let last = splitter.finish() { commands.append(last) }
            goOn()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Commands

    private func begin() {
        guard server.admit(self) else {
            put(
                JSONEvents.line(
                    for: NodeFailure(
                        .queueFull,
                        "\(server.limits.clients) programs are connected to this p2pchat already: "
                            + "try again when one of them has left."),
                    at: server.now()))
            return leave()
        }
        interface = makeInterface()
        put(
            JSONEvents.line("hello", at: server.now()) { json in
                json.member("protocol", ControlServer.protocolVersion)
                json.member("version", Release.version)
                json.member("user", server.node.userName)
                json.member("fingerprint", optional: server.node.fingerprint?.description)
            })
        goOn()
    }

    private func makeInterface() -> JSONInterface {
        let bound = NIOLoopBound(self, eventLoop: server.loop)
        let loop = server.loop
        let tags = ControlTags(client: number)
        return JSONInterface(
            server.node, now: server.now,
            guest: JSONInterface.Guest(
                tag: { tags.tag($0) },
                watch: { loop.execute { bound.value.isWatching = true } },
                acted: server.acted),
            write: { line in loop.execute { bound.value.put(line) } })
    }

    /// Carries out the next command, or reads on, or ends.
    private func goOn() {
        guard !isAtWork, let interface else { return }
        if !isLeaving, queuedBytes <= server.limits.patientBytes || context == nil,
            let command = commands.popFirst()
        {
            isAtWork = true
            let loop = server.loop
            let bound = NIOLoopBound(self, eventLoop: loop)
            Task {
                let goesOn = await interface.enter(command)
                loop.execute { bound.value.carriedOut(goesOn: goesOn) }
            }
        } else if commands.isEmpty, hasFallenSilent, !isWatching {
            leave()
        } else if commands.isEmpty, !hasFallenSilent, !isReading, !isLeaving,
            queuedBytes <= server.limits.patientBytes
        {
            isReading = true
            context?.read()
        }
    }

    private func carriedOut(goesOn: Bool) {
        isAtWork = false
        if goesOn { goOn() } else { leave() }
    }

    // MARK: Answers

    /// Sends a line. What one turn of the loop has to say goes out together.
    func put(_ line: [UInt8]) {
        guard let context, !isLeaving else { return }
        guard queuedBytes <= server.limits.queuedBytes else {
            server.log.notice("a client of the control socket does not read, and was cut")
            return cut()
        }
        var buffer = context.channel.allocator.buffer(capacity: line.count + 1)
        buffer.writeBytes(line)
        buffer.writeInteger(UInt8(ascii: "\n"))
        let count = buffer.readableBytes
        queuedBytes += count
        context.write(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
            self.queuedBytes -= count
            if self.isLeaving, self.queuedBytes == 0 { self.cut() } else { self.goOn() }
        }
        guard !willFlush else { return }
        willFlush = true
        server.loop.assumeIsolated().execute {
            self.willFlush = false
            self.context?.flush()
        }
    }

    /// Ends the connection once it has taken what there is to say.
    func leave() {
        guard !isLeaving else { return }
        isLeaving = true
        if queuedBytes == 0 { cut() }
    }

    func cut() {
        isLeaving = true
        context?.close(promise: nil)
    }
}

/// Makes a client's references.
private final class ControlTags: Sendable {
    private let client: UInt64
    private let last = Atomic<UInt64>(0)

    init(client: UInt64) { self.client = client }

    func tag(_ reference: String?) -> String {
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        return ControlReference(client: client, number: number, reference: reference).text
    }
}
