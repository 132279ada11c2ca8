import ChatCore
import ChatValues
import Synchronization
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
    var generator = SplitMix(state: number)
    guard
        let secret = RendezvousSecret(
            bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    else { preconditionFailure("32 bytes make a secret") }
    return secret
}

/// Numbers that are the same in each run of a test.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
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
