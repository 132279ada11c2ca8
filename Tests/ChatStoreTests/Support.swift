import ChatCore
import ChatStore
import ChatValues
import Foundation
import Testing

/// A folder that goes with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ChatStoreTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/p2pchat.sqlite" }

    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// The permission bits of the database, or of the file beside it with this ending.
    func mode(_ ending: String = "") throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: database + ending)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }
}

func fingerprint(_ number: Int) throws -> Fingerprint {
    var bytes = [UInt8](repeating: 0xAB, count: 32)
    bytes[0] = UInt8(truncatingIfNeeded: number >> 8)
    bytes[1] = UInt8(truncatingIfNeeded: number)
    return try #require(Fingerprint(bytes: bytes))
}

func contact(_ number: Int, name: String? = nil) throws -> Contact {
    Contact(
        name: name ?? "contact \(number)", fingerprint: try fingerprint(number), addedAt: 1_764e6)
}

func request(_ number: Int, name: String = "stranger", seen: Double) throws -> ContactRequest {
    ContactRequest(
        name: name, fingerprint: try fingerprint(number),
        address: PeerAddress(host: "192.0.2.7", port: 5555), direction: .inbound,
        firstSeen: seen, lastSeen: seen)
}

/// The failure that the call ends in.
func failure(_ call: () async throws -> Void) async throws -> StoreFailure {
    do {
        try await call()
    } catch let failure as StoreFailure {
        return failure
    }
    throw NoFailure()
}

struct NoFailure: Error, CustomStringConvertible {
    var description: String { "the call was to fail and did not" }
}

func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}
