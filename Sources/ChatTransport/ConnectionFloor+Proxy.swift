import ChatCore
import NIOCore
import NIOPosix
import NIOSOCKS

extension ConnectionFloor {
    /// A connection through the proxy, to the address as it was given: a name goes to the proxy as a
    /// name, and nobody looks it up here. There is no other way when the proxy fails.
    func connection(
        for dial: Dial, through proxy: PeerAddress, _ bootstrap: ClientBootstrap
    ) -> EventLoopFuture<DialledConnection> {
        guard let target = SOCKSAddress(dial.address) else {
            return loop.makeFailedFuture(ProxyFailure.addressOfALink)
        }
        guard let place = SocketAddress(numeric: proxy) else {
            return loop.makeFailedFuture(ProxyFailure.named)
        }
        let deadline = dial.deadline
        return bootstrap.connect(to: place)
            .flatMapErrorThrowing { throw ProxyFailure.unreachable($0) }
            .flatMap { ProxyHandshake.begin(on: $0, to: target, by: deadline) }
    }
}

/// TCP with the other side, as far as anybody can tell.
struct DialledConnection: Sendable {
    let channel: any Channel
    /// What has been read of it already.
    var early = ByteBuffer()
}

extension SOCKSAddress {
    /// Nil for an address of one link, and for what no request can hold.
    init?(_ address: PeerAddress) {
        guard !address.host.contains("%"), (1...65_535).contains(address.port),
            (1...255).contains(address.host.utf8.count)
        else { return nil }
        if let number = try? SocketAddress(ipAddress: address.host, port: address.port) {
            self = .address(number)
        } else {
            self = .domain(address.host, port: address.port)
        }
    }
}
