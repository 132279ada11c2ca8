import ChatCore
import ChatValues
import Synchronization
import TestSupport
import Testing

@testable import ChatDiscovery

func fingerprint(_ byte: UInt8) -> Fingerprint {
    guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: byte, count: 32)) else {
        preconditionFailure("32 bytes make a fingerprint")
    }
    return fingerprint
}

/// A secret that nobody else in a test has.
func secret(_ number: UInt64) -> RendezvousSecret {
    var generator = SeededGenerator(seed: number)
    guard
        let secret = RendezvousSecret(
            bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    else { preconditionFailure("32 bytes make a secret") }
    return secret
}

func interface(_ host: [UInt8] = [192, 0, 2, 1], index: UInt32 = 2) -> NetworkInterface {
    var interface = NetworkInterface(name: "eth\(index)", index: index)
    interface.ipv4 = [
        NetworkInterface.IPv4(address: host, broadcast: Array(host.prefix(3)) + [255])
    ]
    return interface
}

func announcement(at now: Double, host: [UInt8] = [192, 0, 2, 1]) -> Announcement {
    Announcement(
        at: now, listening: PeerAddress(host: "::", port: 5_555), on: interface(host))
}

/// Somebody's contacts, with the secrets shared with each.
func contacts(_ secrets: [(Fingerprint, RendezvousSecret)]) -> [SoughtContact] {
    secrets.map { SoughtContact(fingerprint: $0.0, secret: $0.1, isConnected: false) }
}
