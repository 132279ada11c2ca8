import NIOCore
import NIOPosix

/// A datagram that came in.
struct Datagram: Sendable {
    var bytes: [UInt8]
    /// The sender's host, in network order.
    var source: [UInt8]
    /// Where it was sent to: the group, or an address of this machine.
    var destination: [UInt8]
    /// The index of the interface that it came in by.
    var interface: UInt32
}

/// Hears what comes to a bound socket.
struct DatagramListener: Sendable {
    private let channel: any Channel

    /// Takes over the socket, also where it throws.
    init(
        _ socket: NIOBSDSocket.Handle, _ receive: @escaping @Sendable (Datagram) -> Void
    ) async throws {
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.receivePacketInfo, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(receive))
                }
            }
            .withBoundSocket(socket).get()
    }

    func close() { channel.close(promise: nil) }
}

private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let receive: @Sendable (Datagram) -> Void

    init(_ receive: @escaping @Sendable (Datagram) -> Void) {
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let info = envelope.metadata?.packetInfo,
            let source = envelope.remoteAddress.ipAddress.flatMap(Host.bytes),
            let destination = info.destinationAddress.ipAddress.flatMap(Host.bytes)
        else { return }
        receive(
            Datagram(
                bytes: Array(envelope.data.readableBytesView), source: source,
                destination: destination, interface: UInt32(info.interfaceIndex)))
    }

    /// Such as an ICMP answer to something we sent: nothing that ends the listening.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
