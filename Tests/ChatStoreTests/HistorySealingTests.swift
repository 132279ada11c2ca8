import ChatCore
import ChatIdentity
import Foundation
import GRDB
import Testing

@testable import ChatStore

@Suite("Messages can't be read or moved about in the file")
struct HistorySealingTests {
    @Test("no text and no claimed name is in any file, before and after closing")
    func nothingReadable() async throws {
        let folder = try TemporaryFolder()
        let history = try await ChatStore.open(at: folder.database)
            .unlock(with: try .generate(.ed25519))
        let words = ["Xylophone-one", "Xylophone-two", "Xylophone-nick"]
        for round in 0..<50 {
            _ = try await history.add([
                try outgoing("\(words[0]) \(round)", to: 1),
                try incoming("\(words[1]) \(round)", from: 1, claimedSender: words[2]),
            ])
        }
        _ = try await history.scan(MessageSelection(query: TextQuery("xylophone"))) { _, _ in true }
        #expect(try folder.files.count == 3)
        func check() throws {
            for file in try folder.files {
                let content = try Data(
                    contentsOf: URL(fileURLWithPath: folder.path + "/" + file))
                #expect(content.range(of: Data("Xylophone".utf8)) == nil, "\(file)")
            }
        }
        try check()
        try await history.store.close()
        try check()
        // The search itself works: what is readable in the file is found by it.
        let size = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        #expect(size.range(of: Data("historyKey".utf8)) != nil)
    }

    /// Two messages each way with two contacts, positions 1 to 8: odd ones came in.
    private func eightMessages() async throws -> MessageHistory {
        let history = try await history()
        for contact in [1, 1, 2, 2] {
            _ = try await history.add([
                try incoming("in \(contact)", from: contact, claimedSender: "nick"),
                try outgoing("out \(contact)", to: contact),
            ])
        }
        return history
    }

    @Test(
        "a row that is swapped, moved or edited is damaged, and the others are not",
        arguments: [
            // Contents swapped: within a conversation, and between two.
            (
                "UPDATE message SET sealed = (SELECT sealed FROM message WHERE position = 3) "
                    + "WHERE position = 1", [1]
            ),
            (
                "UPDATE message SET sealed = (SELECT sealed FROM message WHERE position = 5) "
                    + "WHERE position = 1", [1]
            ),
            // Moved to another conversation, another place, the other direction.
            ("UPDATE message SET conversation = 3 - conversation WHERE position = 1", [1]),
            ("UPDATE message SET position = 99 WHERE position = 1", [99]),
            ("UPDATE message SET direction = 1, state = 2, dialect = NULL WHERE position = 1", [1]),
            // Edited.
            ("UPDATE message SET id = randomblob(16) WHERE position = 2", [2]),
            ("UPDATE message SET timestamp = timestamp + 1 WHERE position = 2", [2]),
            ("UPDATE message SET storedAt = storedAt + 1 WHERE position = 2", [2]),
            ("UPDATE message SET dialect = 1 WHERE position = 1", [1]),
            (
                "UPDATE message SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) AS BLOB) "
                    + "WHERE position = 2", [2]
            ),
            ("UPDATE message SET sealed = zeroblob(40) WHERE position = 2", [2]),
            // Made another contact's: nothing of it opens.
            ("UPDATE conversation SET contact = randomblob(32) WHERE number = 1", [1, 2, 3, 4]),
        ])
    func tampering(sql: String, damaged: [Int64]) async throws {
        let history = try await eightMessages()
        try await history.store.write { try $0.execute(sql: sql) }
        let found = Found()
        try await history.scan(MessageSelection()) { messages, progress in
            await found.add(messages, progress)
            return true
        }
        #expect(await found.messages.count == 8)
        let bad = await found.messages.filter { $0.content == .damaged }
        #expect(bad.map(\.position) == damaged)
        #expect(bad.allSatisfy { $0.claimedSender == nil && $0.text == nil })
        #expect(await found.progress?.damaged == damaged.count)
        let good = await found.messages.filter { $0.content != .damaged }
        #expect(
            good.allSatisfy {
                $0.text?.hasPrefix($0.direction == .incoming ? "in" : "out") == true
            })
        // A page with a damaged message has all the others.
        for summary in try await history.conversations() {
            let page = try await history.page(with: summary.contact, before: nil, limit: 10)
            #expect(!page.messages.isEmpty)
        }
    }

    @Test("a damaged message that waits to be sent is handed out as such")
    func damagedPending() async throws {
        let history = try await eightMessages()
        try await history.store.write {
            try $0.execute(sql: "UPDATE message SET sealed = randomblob(60) WHERE position = 2")
        }
        let pending = try await history.pending(for: try fingerprint(1), after: 0, limit: 9)
        #expect(pending.map(\.content) == [.damaged, .text("out 1")])
    }

    @Test("a message's state is no part of what is sealed: it changes")
    func stateIsOutside() async throws {
        let history = try await eightMessages()
        try await history.store.write {
            try $0.execute(sql: "UPDATE message SET state = 3 WHERE state = 0")
        }
        let page = try await history.page(with: try fingerprint(1), before: nil, limit: 10)
        #expect(page.messages.map(\.text) == ["in 1", "out 1", "in 1", "out 1"])
    }

    // The recipe in the documentation, with the stock openssl and Python's own modules.
    @Test("what the documentation says opens a message", arguments: KeyType.allCases)
    func recipe(type: KeyType) async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(type)
        let history = try await ChatStore.open(at: folder.database).unlock(with: key)
        _ = try await history.add([
            try incoming("first", from: 1), try incoming("héllo", from: 1, claimedSender: "bobby"),
        ])
        try await history.store.close()
        let pem = folder.path + "/key.pem"
        try write(key.pem(passphrase: nil).withBytes { Array($0) }, to: pem)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", Self.script, folder.database, pem, "2"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(String(decoding: printed, as: UTF8.self) == "bobby: héllo\n")
    }

    /// As it stands in the documentation.
    private static let script = """
        import hashlib, sqlite3, subprocess, sys

        def openssl(*arguments, input=b""):
            return subprocess.run(["openssl", *arguments], input=input, check=True,
                                  capture_output=True).stdout

        def opened(key, sealed):            # AES-256-GCM's text, without looking at the tag
            assert sealed[0] == 1
            return openssl("enc", "-d", "-aes-256-ctr", "-K", key.hex(),
                           "-iv", sealed[1:13].hex() + "00000002", input=sealed[13:-16])

        database = sqlite3.connect(sys.argv[1])
        public = openssl("pkey", "-in", sys.argv[2], "-pubout", "-outform", "DER")
        text = openssl("pkey", "-in", sys.argv[2], "-text", "-noout").decode()
        secret = text.split("priv:")[1].split("pub:")[0]
        secret = "".join(c for c in secret if c in "0123456789abcdef")[-64:]
        wrapped, = database.execute("SELECT wrapped FROM historyKey WHERE publicKey = ?",
                                    [hashlib.sha256(public).digest()]).fetchone()
        outer = openssl("kdf", "-keylen", "32", "-binary", "-kdfopt", "digest:SHA256",
                        "-kdfopt", "hexkey:" + secret, "-kdfopt", "hexsalt:" + wrapped[1:33].hex(),
                        "-kdfopt", "info:p2pchat history key 1", "HKDF")
        key = opened(outer, wrapped[33:])
        sealed, = database.execute("SELECT sealed FROM message WHERE position = ?",
                                   [sys.argv[3]]).fetchone()
        body = opened(key, sealed)
        length = int.from_bytes(body[:2], "big")
        length = 0 if length == 0xFFFF else length
        print(body[2:2 + length].decode(), body[2 + length:].decode(), sep=": ")
        """

    @Test("the documentation's recipe is the one that is tested")
    func recipeIsDocumented() throws {
        let document = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/ChatStore/ChatStore.docc/Sealing.md")
        let text = try String(contentsOf: document, encoding: .utf8)
        let indented = Self.script.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        #expect(text.contains(indented))
    }
}

/// What a scan found.
actor Found {
    private(set) var messages: [StoredMessage] = []
    private(set) var pages: [ScanProgress] = []
    var progress: ScanProgress? { pages.last }

    func add(_ messages: [StoredMessage], _ progress: ScanProgress) {
        self.messages += messages
        pages.append(progress)
    }
}
