import ChatCore
import ChatValues
import NIOCore

/// One attempt to reach an address.
final class Dial {
    let address: PeerAddress
    /// The only certificate that will do; nil takes any contact's.
    let expected: Fingerprint?
    /// When TCP, TLS and hello together must be done.
    var deadline = NIODeadline.distantFuture
    /// A host name may have several addresses, tried side by side.
    private var channels: [any Channel] = []

    init(_ address: PeerAddress, expected: Fingerprint?) {
        self.address = address
        self.expected = expected
    }

    func add(_ channel: any Channel) { channels.append(channel) }

    /// TCP is done, and somebody else owns the channel now.
    func forgetChannels() { channels = [] }

    /// Gives up what is not connected yet.
    func abandon() {
        for channel in channels { channel.close(promise: nil) }
        channels = []
    }
}
