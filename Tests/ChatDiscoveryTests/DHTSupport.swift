import ChatCore
import ChatIdentity
import ChatValues
import Synchronization

@testable import ChatDiscovery

/// Who meets in a test of the table.
enum Cast {
    static let noon = 1_764_000_000.0

    static func person(_ number: UInt8) -> Fingerprint {
        guard let fingerprint = Fingerprint(bytes: [UInt8](repeating: number, count: 32)) else {
            preconditionFailure("32 bytes make a fingerprint")
        }
        return fingerprint
    }

    static let alice = person(0xA1)
    static let bob = person(0xB2)

    static func secret(_ number: UInt8) -> RendezvousSecret {
        guard let secret = RendezvousSecret(bytes: [UInt8](repeating: number, count: 32)) else {
            preconditionFailure("32 bytes make a secret")
        }
        return secret
    }

    static func contact(
        _ fingerprint: Fingerprint, _ secret: RendezvousSecret?, isConnected: Bool = false
    ) -> SoughtContact {
        SoughtContact(fingerprint: fingerprint, secret: secret, isConnected: isConnected)
    }

    static func announcement(at now: Double, host: UInt8 = 7) -> DHTAnnouncement {
        DHTAnnouncement(at: now, [.init(address: [198, 51, 100, host], port: 5_555)])
    }

    static func address(_ host: UInt8 = 7) -> PeerAddress {
        PeerAddress(host: "198.51.100.\(host)", port: 5_555)
    }
}

/// A table in memory that several take part in. What is published is told when a test says so.
final class MemoryTable: Sendable {
    struct State {
        var values: [DHTKey: [UInt64: [UInt8]]] = [:]
        var listeners: [UInt64: (key: DHTKey, value: @Sendable ([UInt8]) -> Void)] = [:]
        var next: UInt64 = 0
        var refuses = false
    }
    let state = Mutex(State())

    var values: [[UInt8]] { state.withLock { $0.values.values.flatMap(\.values) } }
    var keys: Set<DHTKey> { state.withLock { Set($0.values.filter { !$0.value.isEmpty }.keys) } }
    var listened: Set<DHTKey> { state.withLock { Set($0.listeners.values.map(\.key)) } }

    func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    /// As anybody may.
    func write(_ value: [UInt8], under key: DHTKey) {
        let listeners = state.withLock { state in
            state.next += 1
            state.values[key, default: [:]][state.next] = value
            return state.listeners.values.filter { $0.key == key }
        }
        for listener in listeners { listener.value(value) }
    }

    struct Service: DHTService {
        let table: MemoryTable

        func put(
            _ value: [UInt8], under key: DHTKey, id: UInt64,
            done: @escaping @Sendable (Bool) -> Void
        ) {
            let listeners = table.state.withLock { state in
                guard !state.refuses else { return nil as [@Sendable ([UInt8]) -> Void]? }
                state.values[key, default: [:]][id] = value
                return state.listeners.values.filter { $0.key == key }.map(\.value)
            }
            for listener in listeners ?? [] { listener(value) }
            done(listeners != nil)
        }
        func cancelPut(_ key: DHTKey, id: UInt64) {
            table.state.withLock { $0.values[key]?[id] = nil }
        }
        func get(_ key: DHTKey) async -> [[UInt8]] {
            table.state.withLock { Array(($0.values[key] ?? [:]).values) }
        }
        func listen(
            _ key: DHTKey, _ value: @escaping @Sendable ([UInt8]) -> Void
        ) -> DHTListening {
            let (token, known) = table.state.withLock { state in
                state.next += 1
                state.listeners[state.next] = (key, value)
                return (state.next, Array((state.values[key] ?? [:]).values))
            }
            for bytes in known { value(bytes) }
            return DHTListening(token: token)
        }
        func cancelListen(_ listening: DHTListening) {
            table.state.withLock { $0.listeners[listening.token] = nil }
        }
        func connectivityChanged() {}
        var publicAddresses: [[UInt8]] { [] }
        var health: DHTHealth { DHTHealth(nodes: 1, port: 4_222) }
        func stop() {}
    }
}
