import ChatBackup
import ChatCore
import ChatIdentity
import ChatStore
import ChatValues
import ChatWire
import Foundation
import Testing

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("ChatBackupTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The homes in which users have their folders.
    var home: IdentityHome { IdentityHome(path: path + "/home") }
    var otherHome: IdentityHome { IdentityHome(path: path + "/other") }
    var backup: String { path + "/backup.tar" }
}

func files(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func secret(_ text: String = "a backup's passphrase") throws -> Passphrase {
    try Passphrase(copying: text.utf8)
}

let alice = "alice"

/// Makes alice with a key, a contact and messages.
func makeAlice(
    in home: IdentityHome, keyPassphrase: Passphrase? = nil, messages: [String] = ["one", "two"]
) async throws -> (folder: UserFolder, identity: Identity) {
    let name = try UserName(alice)
    let folder = home.user(name)
    let identity = try Identity.make(userName: name)
    try folder.save(identity, passphrase: keyPassphrase)
    let store = try ChatStore.open(at: folder.databasePath)
    try await store.save(Contact(name: "bob", fingerprint: try bob(), addedAt: 1_764e6))
    let history = try await store.unlock(with: identity.privateKey)
    _ = try await history.add(messages.map { try fromBob($0) })
    try await store.close()
    return (folder, identity)
}

func bob() throws -> Fingerprint {
    try #require(Fingerprint(bytes: [UInt8](repeating: 0xB0, count: 32)))
}

func fromBob(_ content: String) throws -> NewMessage {
    .incoming(
        .random(), from: try bob(), content: content, timestamp: 1_764e6, storedAt: 1_764e6,
        dialect: .native)
}

/// What bob said, as the key in this folder reads it.
func texts(_ folder: UserFolder, keyPassphrase: Passphrase? = nil) async throws -> [String?] {
    try await texts(folder, reader: folder.load(passphrase: keyPassphrase))
}

func texts(_ folder: UserFolder, reader: Identity) async throws -> [String?] {
    let store = try ChatStore.open(at: folder.databasePath)
    let history = try await store.unlock(with: reader.privateKey)
    let page = try await history.page(with: try bob(), before: nil, limit: 100)
    try await store.close()
    return page.messages.map(\.text)
}

/// The code of the `IdentityError` that the call ends in, which must be one sentence.
func code(
    sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> Void
) async -> IdentityError.Code? {
    do {
        try await call()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as IdentityError {
        #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
        #expect(error.description.hasSuffix("."), sourceLocation: sourceLocation)
        return error.code
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Restores as the program does; returns where an old folder is kept.
@discardableResult
func restore(
    _ path: String, into home: IdentityHome, for user: UserName? = nil, replacing: Bool = false,
    passphrase: Passphrase? = nil, keyPassphrase: Passphrase? = nil
) async throws -> String? {
    let unpacked = try BackupFile(path).unpack(
        into: home, for: user, replacing: replacing, passphrase: passphrase ?? secret())
    try await unpacked.check(keyPassphrase: keyPassphrase)
    return try unpacked.install()
}
