import ChatCore
import Foundation
import GRDB
import Testing

@testable import ChatStore

@Suite("Each failure says what it is and what to do")
struct FailureTests {
    /// Opens and reads, as the program does when it starts.
    private func start(
        _ path: String, mode: ChatStore.Mode = .readWrite
    ) async throws -> StoreFailure {
        try await failure {
            _ = try await ChatStore.open(at: path, mode: mode, busyTimeout: 0.05).load()
        }
    }

    @Test("a folder in the file's place", arguments: [ChatStore.Mode.readWrite, .readOnly])
    func folder(mode: ChatStore.Mode) async throws {
        let folder = try TemporaryFolder()
        let failure = try await start(folder.path, mode: mode)
        #expect(failure.code == .unreadable)
        #expect(failure.description.contains("A folder stands where the database should be"))
    }

    @Test("a pipe in the file's place")
    func pipe() async throws {
        let folder = try TemporaryFolder()
        try #require(mkfifo(folder.database, 0o600) == 0)
        #expect(try await start(folder.database).code == .unreadable)
    }

    @Test("a folder that does not exist")
    func missingFolder() async throws {
        let folder = try TemporaryFolder()
        let failure = try await start(folder.path + "/none/p2pchat.sqlite")
        #expect(failure.code == .unreadable)
        #expect(failure.description.contains("\(folder.path)/none\" does not exist"))
    }

    @Test("a file where a folder should be, a link that leads nowhere, an endless name")
    func impossiblePaths() async throws {
        let folder = try TemporaryFolder()
        try write([], to: folder.path + "/file")
        #expect(try await start(folder.path + "/file/p2pchat.sqlite").code == .unreadable)
        try FileManager.default.createSymbolicLink(
            atPath: folder.database, withDestinationPath: folder.path + "/nowhere")
        let failure = try await start(folder.database)
        #expect(failure.code == .unreadable)
        #expect(failure.description.contains("leads nowhere"))
        let endless = folder.path + "/" + String(repeating: "x", count: 300)
        #expect(try await start(endless).code == .unreadable)
    }

    @Test("nothing there, and nothing made, for reading alone")
    func missingForReading() async throws {
        let folder = try TemporaryFolder()
        let failure = try await start(folder.database, mode: .readOnly)
        #expect(failure.code == .unreadable)
        #expect(failure.description.contains("start p2pchat once"))
        #expect(try folder.files.isEmpty)
    }

    @Test("a file that is no database stays as it is")
    func garbage() async throws {
        let folder = try TemporaryFolder()
        let garbage = Array(String(repeating: "this is not a database\n", count: 500).utf8)
        try write(garbage, to: folder.database)
        let failure = try await start(folder.database)
        #expect(failure.code == .damaged)
        #expect(failure.description.contains(folder.database))
        #expect(failure.description.contains("move it"))
        #expect(try bytes(of: folder.database) == garbage)
        #expect(try await start(folder.database, mode: .readOnly).code == .damaged)
    }

    @Test("another program's database stays as it is")
    func foreignDatabase() async throws {
        let folder = try TemporaryFolder()
        let other = try OtherProcess(folder.database)
        try other.execute("CREATE TABLE moz_places (id INTEGER PRIMARY KEY)")
        try other.end()
        let before = try bytes(of: folder.database)
        let failure = try await start(folder.database)
        #expect(failure.code == .damaged)
        #expect(failure.description.contains("another program's database"))
        #expect(try bytes(of: folder.database) == before)
        #expect(try folder.files == ["p2pchat.sqlite"])
    }

    @Test("a file cut short", arguments: [2, 3])
    func truncated(parts: Int) async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        for number in 0..<40 { try await store.save(try contact(number)) }
        try await store.close()
        let whole = try bytes(of: folder.database)
        try write(Array(whole[..<(whole.count / parts)]), to: folder.database)
        let failure = try await start(folder.database)
        #expect(failure.code == .damaged)
    }

    @Test("a page of noise in the middle is found by the check")
    func noise() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        for number in 0..<200 { try await store.save(try request(number, seen: Double(number))) }
        try await store.integrityCheck()
        try await store.close()
        var damaged = try bytes(of: folder.database)
        let last = damaged.count - 4_096
        for index in last..<damaged.count { damaged[index] = UInt8(truncatingIfNeeded: index * 7) }
        try write(damaged, to: folder.database)
        let failure = try await failure {
            try await ChatStore.open(at: folder.database).integrityCheck()
        }
        #expect(failure.code == .damaged)
    }

    @Test("a database of a later version is left alone")
    func newer() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await store.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999')")
        }
        try await store.close()
        let before = try bytes(of: folder.database)
        for mode in [ChatStore.Mode.readWrite, .readOnly] {
            let failure = try await start(folder.database, mode: mode)
            #expect(failure.code == .newer)
            #expect(failure.description.contains("later version"))
        }
        #expect(try bytes(of: folder.database) == before)
    }

    @Test("a database of an earlier version is not brought up to date by a reader")
    func olderForReading() async throws {
        let folder = try TemporaryFolder()
        try write([], to: folder.database)
        let failure = try await start(folder.database, mode: .readOnly)
        #expect(failure.code == .readOnly)
        #expect(failure.description.contains("start p2pchat once"))
    }

    @Test("a change through a store open for reading")
    func readOnlyStore() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let store = try ChatStore.open(at: folder.database, mode: .readOnly)
        let saving = try await failure { try await store.save(try contact(1)) }
        #expect(saving.code == .readOnly)
        let removing = try await failure { try await store.removeContact(try fingerprint(1)) }
        #expect(removing.code == .readOnly)
    }

    #if os(Linux)
        @Test("a folder that nobody may write into, root included")
        func readOnlyFolder() async throws {
            let failure = try await start("/sys/p2pchat.sqlite")
            #expect(failure.code == .readOnly)
            #expect(failure.description.contains("\"/sys\" yours and writable"))
        }
    #endif

    @Test(
        "a folder and a file without the permission to write",
        .enabled(if: geteuid() != 0, "root may write whatever the mode says"))
    func permissions() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let manager = FileManager.default
        try manager.setAttributes([.posixPermissions: 0o400], ofItemAtPath: folder.database)
        #expect(try await start(folder.database).code == .readOnly)
        try manager.setAttributes([.posixPermissions: 0o000], ofItemAtPath: folder.database)
        #expect(try await start(folder.database).code == .unreadable)
        #expect(try await start(folder.database, mode: .readOnly).code == .unreadable)
        try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.database)
        try manager.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        defer {
            try? manager.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
        }
        #expect(try await start(folder.database).code == .readOnly)
        #expect(try await start(folder.path + "/new.sqlite").code == .readOnly)
    }

    @Test("a process that holds the whole file")
    func heldByAnother() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let other = try OtherProcess(folder.database)
        try other.execute("PRAGMA locking_mode = EXCLUSIVE")
        try other.execute("BEGIN EXCLUSIVE")
        for mode in [ChatStore.Mode.readWrite, .readOnly] {
            let failure = try await start(folder.database, mode: mode)
            #expect(failure.code == .locked)
            #expect(failure.description.contains("Another program is using the database"))
        }
        try other.end()
        _ = try await ChatStore.open(at: folder.database).load()
    }

    @Test("a process that writes: a change fails, reading goes on, and then the change works")
    func writtenByAnother() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database, mode: .readWrite, busyTimeout: 0.05)
        let other = try OtherProcess(folder.database)
        try other.execute("BEGIN IMMEDIATE")
        let bob = try contact(1)
        #expect(try await failure { try await store.save(bob) }.code == .locked)
        #expect(try await store.load().contacts.isEmpty)
        try other.execute("ROLLBACK")
        try await store.save(bob)
        #expect(try await store.load().contacts == [bob])
    }

    @Test("a full disk loses nothing that was there")
    func full() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(0))
        try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        var saved = 1
        let failure = try await failure {
            while saved < 10_000 {
                try await store.save(
                    try contact(saved, name: String(repeating: "x", count: 900) + "\(saved)"))
                saved += 1
            }
        }
        #expect(failure.code == .full)
        #expect(failure.description.contains("make room"))
        #expect(try await store.load().contacts.count == saved)
        try await store.integrityCheck()
        try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await store.save(try contact(saved))
    }

    @Test("a call after closing")
    func closed() async throws {
        let store = try ChatStore.inMemory()
        try await store.close()
        try await store.close()
        #expect(try await failure { _ = try await store.load() }.code == .unreadable)
    }

    @Test("a path that could deceive is shown escaped")
    func deceivingPath() async throws {
        let folder = try TemporaryFolder()
        let failure = try await start(folder.path + "/a\u{1B}[2J\u{202E}/b")
        #expect(failure.description.contains("a\\u{1B}[2J\\u{202E}"))
    }
}
