public import ChatCore
import NIOCore
import NIOPosix

/// Asks a SOCKS5 proxy whether it would have us, and nothing of it, for a person who wonders.
public enum ProxyCheck {
    /// - Parameters:
    ///   - proxy: by number.
    ///   - seconds: how long it may take.
    /// - Returns: a sentence on what is wrong; nil where it takes connections without a password.
    public static func problem(of proxy: PeerAddress, within seconds: Int64 = 5) async -> String? {
        do {
            try await greet(proxy, within: .seconds(seconds))
            return nil
        } catch {
            return ProxyFailure(error).explanation(of: proxy, dialling: proxy)
        }
    }

    private static func greet(_ proxy: PeerAddress, within time: TimeAmount) async throws {
        guard let place = SocketAddress(numeric: proxy) else {
            throw ProxyFailure.named
        }
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(time).connect(to: place).get()
        } catch {
            throw ProxyFailure.unreachable(error)
        }
        let answer = channel.eventLoop.makePromise(of: Void.self)
        let timer = channel.eventLoop.scheduleTask(in: time) {
            answer.fail(ProxyFailure.noAnswer)
        }
        defer {
            timer.cancel()
            channel.close(promise: nil)
        }
        channel.eventLoop.execute {
            do {
                try channel.pipeline.syncOperations.addHandler(Greeting(answer: answer))
            } catch {
                answer.fail(ProxyFailure.noAnswer)
            }
        }
        try await answer.futureResult.get()
    }
}

/// The first question and answer of RFC 1928, section 3: version 5, and one way to be let in,
/// which is none.
private final class Greeting: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: EventLoopPromise<Void>
    private var heard = ByteBuffer()

    init(answer: EventLoopPromise<Void>) { self.answer = answer }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [5, 1, 0])), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        heard.writeBuffer(&buffer)
        guard let version: UInt8 = heard.getInteger(at: 0) else { return }
        guard version == 5 else { return answer.fail(ProxyFailure.isNone) }
        guard let method: UInt8 = heard.getInteger(at: 1) else { return }
        if method == 0 { answer.succeed() } else { answer.fail(ProxyFailure.wantsPassword) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(ProxyFailure.noAnswer)
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ProxyFailure.noAnswer) }
}
