import ChatCore
import ChatIdentity
import Foundation
import GRDB
import Testing

@testable import ChatStore

@Suite("Room in the log is made before it is needed")
struct LogRoomTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open() async throws -> MessageHistory {
        try await ChatStore.open(at: folder.database).unlock(with: try .generate(.ed25519))
    }

    private var logLength: Int {
        get throws {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.database + "-wal")
            return try #require(attributes[.size] as? NSNumber).intValue
        }
    }

    /// One commit, and what comes after it.
    private func store(_ text: String, in history: MessageHistory) async throws {
        let change = MessageChange.add(try incoming(text, from: 1))
        let result = await withCheckedContinuation { done in
            let atOnce = history.commit([change]) { done.resume(returning: $0) }
            if let atOnce { done.resume(returning: atOnce) }
        }
        _ = try result.get()
        try await history.store.read { _ in }
    }

    @Test("the log grows in steps, and not with each message")
    func steps() async throws {
        let history = try await open()
        var lengths: [Int] = []
        for number in 0..<300 {
            try await store("\(number)", in: history)
            lengths.append(try logLength)
        }
        #expect(lengths == lengths.sorted())
        // Each message makes it longer by three pages or more, of 4,096 bytes.
        let end = try #require(lengths.last)
        #expect(end > 300 * 3 * 4_096)
        #expect(Set(lengths).count < 12)
    }

    @Test("what is read after a crash ends where the room begins")
    func crash() async throws {
        let identity = try PrivateKey.generate(.ed25519)
        let history = try await ChatStore.open(at: folder.database).unlock(with: identity)
        let all = (0..<100).map { "\($0)" }
        for text in all { try await store(text, in: history) }
        // What a power cut leaves: all that was synced, and nothing that knows how far it goes.
        let other = try TemporaryFolder()
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.database + ending, toPath: other.database + ending)
        }
        let again = try await ChatStore.open(at: other.database).unlock(with: identity)
        #expect(try await again.texts(with: 1) == all)
        try await again.store.integrityCheck()
        try await store("more", in: again)
        #expect(try await again.texts(with: 1) == all + ["more"])
    }

    @Test("forgetting cuts the log to nothing, and room is made anew")
    func forgetting() async throws {
        let history = try await open()
        for number in 0..<20 { try await store("\(number)", in: history) }
        try await history.forget(.conversation(try fingerprint(1)))
        #expect(try logLength == 0)
        for number in 20..<40 { try await store("\(number)", in: history) }
        let length = try logLength
        try await store("one more", in: history)
        #expect(try logLength == length)
        #expect(try await history.messageCount(with: try fingerprint(1)) == 21)
        try await history.store.integrityCheck()
    }

    @Test("nothing is touched while another process writes")
    func otherWriter() async throws {
        let history = try await open()
        try await store("first", in: history)
        let length = try logLength
        let other = try DatabaseQueue(path: folder.database)
        let connection = try DatabaseQueue(path: folder.database)
        let room = LogRoom(besides: folder.database)
        try other.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            defer { try? database.execute(sql: "ROLLBACK") }
            room.make(in: connection)
        }
        #expect(try logLength == length)
        // It is tried again when the log has grown once more, or by who has not tried yet.
        room.make(in: connection)
        #expect(try logLength == length)
        LogRoom(besides: folder.database).make(in: connection)
        #expect(try logLength > length)
        #expect(try await history.texts(with: 1) == ["first"])
    }

    @Test("a link in the log's place is not followed")
    func link() throws {
        let target = folder.path + "/precious"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: target))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/other-wal", withDestinationPath: target)
        LogRoom(besides: folder.path + "/other").make(in: try DatabaseQueue())
        #expect(FileManager.default.contents(atPath: target) == Data("precious".utf8))
    }
}

extension LogRoom {
    fileprivate func make(in connection: DatabaseQueue) {
        connection.inDatabase { make($0) }
    }
}
