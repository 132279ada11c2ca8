import ChatCore
import NIOCore
import NIOPosix

extension ConnectionFloor {
    /// Begins a dial. It ends in a session, in a failed attempt, or, where there was no TCP
    /// connection, in a failed dial: in one of them, once.
    func connect(_ dial: Dial) {
        guard !isStopping else { return }
        dial.deadline = loop.now + limits.establish
        dials[ObjectIdentifier(dial)] = dial
        tcpConnection(for: dial).assumeIsolated().whenComplete { [self] result in
            dials[ObjectIdentifier(dial)] = nil
            dial.forgetChannels()
            switch result {
            case .success(let connection) where isStopping:
                connection.channel.close(promise: nil)
            case .success(let connection):
                adopt(connection.channel, origin: .dialled(dial))
                if connection.early.readableBytes > 0 {
                    // From the bottom up, so that it passes through TLS as all else does.
                    connection.channel.pipeline.fireChannelRead(connection.early)
                    connection.channel.pipeline.fireChannelReadComplete()
                }
                _ = try? connection.channel.syncOptions?.setOption(.autoRead, value: true)
            case .failure(let error):
                failed(dial, error)
            }
        }
    }

    private func failed(_ dial: Dial, _ error: any Error) {
        guard !isStopping else { return }
        let explanation =
            if let proxy = configuration.proxy {
                ProxyFailure(error).explanation(of: proxy, dialling: dial.address)
            } else {
                describe(dialling: dial.address, error)
            }
        delegate.dialFailed(dial, explanation: explanation)
        onDialFailed?(dial, false)
    }

    /// Only the connection that wins gets handlers: of those tried side by side the others are
    /// nobody's failure. It reads nothing until they are there.
    private func tcpConnection(for dial: Dial) -> EventLoopFuture<DialledConnection> {
        let bound = NIOLoopBound((floor: self, dial: dial), eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(limits.establish)
            .channelOption(.autoRead, value: false)
            .channelOption(.writeBufferWaterMark, value: limits.waterMark)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: ReceiveBuffers())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard !bound.value.floor.isStopping else {
                        throw ChannelError.ioOnClosedChannel
                    }
                    bound.value.dial.add(channel)
                }
            }
        for (option, value) in SocketOptions.all {
            bootstrap = bootstrap.channelOption(option, value: value)
        }
        if let proxy = configuration.proxy {
            return connection(for: dial, through: proxy, bootstrap)
        }
        let address = dial.address
        // What is a number already needs no resolver, and none of its threads.
        if let number = SocketAddress(numeric: address) {
            return bootstrap.connect(to: number).map { DialledConnection(channel: $0) }
        }
        return bootstrap.connect(host: address.host, port: address.port)
            .map { DialledConnection(channel: $0) }
    }
}
