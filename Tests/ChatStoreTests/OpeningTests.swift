import ChatCore
import Foundation
import Testing

@testable import ChatStore

@Suite("Opening, by one process or several")
struct OpeningTests {
    @Test("a new database and the files beside it are for nobody else")
    func modesOfNewFiles() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1))
        #expect(
            try folder.files == ["p2pchat.sqlite", "p2pchat.sqlite-shm", "p2pchat.sqlite-wal"])
        for ending in ["", "-wal", "-shm"] { #expect(try folder.mode(ending) == 0o600) }
        try await store.close()
        #expect(try folder.files == ["p2pchat.sqlite"])
        #expect(try folder.mode() == 0o600)
    }

    @Test("permissions that others had are taken back, behind a link as well")
    func modesOfOldFiles() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1))
        for ending in ["", "-wal", "-shm"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: folder.database + ending)
        }
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: folder.database)
        let second = try ChatStore.open(at: link)
        for ending in ["", "-wal", "-shm"] { #expect(try folder.mode(ending) == 0o600) }
        #expect(try await second.load().contacts.count == 1)
    }

    @Test("opening what was opened before changes nothing in the file")
    func reopening() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let before = try bytes(of: folder.database)
        try await ChatStore.open(at: folder.database).close()
        #expect(try bytes(of: folder.database) == before)
    }

    @Test("a file that a crash left empty is a new database")
    func emptyFile() async throws {
        let folder = try TemporaryFolder()
        try write([], to: folder.database)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o666], ofItemAtPath: folder.database)
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1))
        #expect(try folder.mode("-wal") == 0o600)
        #expect(try folder.mode() == 0o600)
    }

    @Test("a crash between the migrator's table and the first migration is mended")
    func crashInTheFirstMigration() async throws {
        let folder = try TemporaryFolder()
        let other = try OtherProcess(folder.database)
        try other.execute("PRAGMA journal_mode = WAL")
        try other.execute("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        other.kill()
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1))
    }

    @Test("many at once on a new path all find it made, once")
    func race() async throws {
        let folder = try TemporaryFolder()
        let path = folder.database
        try await withThrowingTaskGroup(of: ChatStore.self) { group in
            for _ in 0..<8 { group.addTask { try ChatStore.open(at: path) } }
            for try await store in group { #expect(try await store.load().contacts.isEmpty) }
        }
        try await ChatStore.open(at: path).integrityCheck()
    }

    @Test("reading beside a process that writes sees what it has committed")
    func readingBesideAWriter() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let other = try OtherProcess(folder.database)
        try other.execute(
            "INSERT INTO contact VALUES (zeroblob(32), 'bob', 'trusted', NULL, 0)")
        // Still in the log alone, with the writer in the middle of the next change.
        try other.execute("BEGIN IMMEDIATE")
        try other.execute("UPDATE contact SET name = 'eve'")

        let store = try ChatStore.open(at: folder.database, mode: .readOnly)
        #expect(try await store.load().contacts.map(\.name) == ["bob"])
        try other.execute("COMMIT")
        #expect(try await store.load().contacts.map(\.name) == ["eve"])
        try other.end()
        #expect(try await store.load().contacts.map(\.name) == ["eve"])
    }

    @Test("another process reads while this one writes")
    func readByAnother() async throws {
        let folder = try TemporaryFolder()
        let store = try ChatStore.open(at: folder.database)
        try await store.save(try contact(1, name: "bob"))
        let other = try OtherProcess(folder.database)
        #expect(try other.execute("SELECT name FROM contact") == "[('bob',)]")
        try await store.save(try contact(2, name: "carol"))
        #expect(
            try other.execute("SELECT name FROM contact ORDER BY 1") == "[('bob',), ('carol',)]")
    }

    @Test("reading with no process running")
    func readingAlone() async throws {
        let folder = try TemporaryFolder()
        let writer = try ChatStore.open(at: folder.database)
        try await writer.save(try contact(1, name: "bob"))
        try await writer.close()
        let store = try ChatStore.open(at: folder.database, mode: .readOnly)
        #expect(try await store.load().contacts.map(\.name) == ["bob"])
        try await store.integrityCheck()
    }

    @Test("what a process that was killed had committed is there, for reading too")
    func afterACrash() async throws {
        let folder = try TemporaryFolder()
        try await ChatStore.open(at: folder.database).close()
        let other = try OtherProcess(folder.database)
        try other.execute(
            "INSERT INTO contact VALUES (zeroblob(32), 'bob', 'trusted', NULL, 0)")
        other.kill()
        let reader = try ChatStore.open(at: folder.database, mode: .readOnly)
        #expect(try await reader.load().contacts.map(\.name) == ["bob"])
        try await reader.close()
        let writer = try ChatStore.open(at: folder.database)
        #expect(try await writer.load().contacts.map(\.name) == ["bob"])
        try await writer.save(try contact(1))
        for ending in ["", "-wal", "-shm"] { #expect(try folder.mode(ending) == 0o600) }
    }
}
