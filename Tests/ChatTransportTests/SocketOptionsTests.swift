import ChatCore
import NIOCore
import NIOPosix
import Testing

@testable import ChatTransport

@Suite struct SocketOptionsTests {
    /// The kernel takes every one of them, and says so when asked.
    @Test func theKernelTakesThem() async throws {
        let listener = try await RawListener.start()
        var bootstrap = ClientBootstrap(group: LoopbackNode.group)
        for (option, value) in SocketOptions.all {
            bootstrap = bootstrap.channelOption(option, value: value)
        }
        let channel = try await bootstrap.connect(
            host: listener.address.host, port: listener.address.port
        ).get()
        for (option, value) in SocketOptions.all {
            #expect(try await channel.getOption(option).get() == value)
        }
        try await channel.close()
        try await listener.stop()
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
    ])
    func anAddressIsWrittenAsWhatItIs(given: String, expected: String) throws {
        let address = PeerAddress(try SocketAddress(ipAddress: given, port: 5_555))
        #expect(address == PeerAddress(host: expected, port: 5_555))
    }
}
