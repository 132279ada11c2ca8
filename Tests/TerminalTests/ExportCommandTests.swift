import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("p2pchat export")
struct ExportCommandTests {
    private let carol = fingerprint(1)

    private func home() async throws -> StoredHome {
        try await StoredHome(
            contacts: [contact("bob"), contact("carol", 1)],
            messages: [
                came("one\nline two", at: noon - 60), went("two", at: noon, to: carol),
                came(hostile, at: noon),
            ])
    }

    @Test("JSON Lines have every message, exactly as it was")
    func lines() async throws {
        let (status, output, errors) = try await home().run(["export"])
        #expect(status == 0)
        #expect(errors.isEmpty)
        let lines = try output.split(separator: "\n").map { try object(String($0)) }
        #expect(lines.map { $0["content"] as? String } == ["one\nline two", "two", hostile])
        #expect(lines.map { $0["direction"] as? String } == ["incoming", "outgoing", "incoming"])
        #expect(
            lines.map { ($0["peer"] as? [String: Any])?["name"] as? String }
                == ["bob", "carol", "bob"])
    }

    @Test("Text is for people, and safe; a long message is whole")
    func text() async throws {
        let output = try await home().run(["export", "--format", "text"]).output
        #expect(isSafe(output))
        #expect(
            output.hasPrefix(
                """
                -- Monday, 2025-11-24 --
                [14:02] bob: one
                        line two
                [14:03] alice → carol: two  (waiting)
                [14:03] bob: x
                """))
        let long = (0..<900).map { "line \($0)" }.joined(separator: "\n")
        let home = try await StoredHome(messages: [came(long)])
        let whole = await home.run(["export", "--format", "text"]).output
        #expect(whole.contains("line 899"))
    }

    @Test("One conversation, and a time")
    func narrower() async throws {
        let home = try await home()
        #expect(
            await home.run(["export", "carol"]).output.split(separator: "\n").count == 1)
        #expect(
            await home.run(["export", "--until", "30s"]).output.split(separator: "\n").count == 1)
        #expect(await home.run(["export", "nobody"]).status == 67)
    }

    @Test("A file is for the owner alone, whole, and never overwritten unasked")
    func file() async throws {
        let home = try await home()
        let path = home.path("out.jsonl")
        let (status, output, _) = await home.run(["export", "-o", path])
        #expect(status == 0)
        #expect(output == "3 messages written to \(path).\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let written = try home.bytes("out.jsonl")
        #expect(written.split(separator: 10).count == 3)
        let again = await home.run(["export", "bob", "-o", path])
        #expect(again.status == 73)
        #expect(again.errors.contains("--force"))
        #expect(try home.bytes("out.jsonl") == written)
        #expect(await home.run(["export", "carol", "-o", path, "--force"]).status == 0)
        #expect(try home.bytes("out.jsonl").split(separator: 10).count == 1)
        let json = try object(
            await home.run(["export", "--json", "-o", home.path("two.jsonl")]).output)
        #expect(json["messages"] as? Int == 3)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home.root).sorted()
                == ["alice", "out.jsonl", "two.jsonl"])
    }

    @Test("What can't be a file is said, and nothing is left behind")
    func wrongFiles() async throws {
        let home = try await home()
        let link = home.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere")
        for (path, status): (String, Int32) in [
            (home.path("no/such/folder/x"), 73), (home.root, 73), (home.root + "/", 73),
            (link, 73), ("/dev/null", 73),
        ] {
            for force in [[], ["--force"]] {
                let result = await home.run(["export", "-o", path] + force)
                #expect(result.status == status)
                #expect(result.errors.split(separator: "\n").count == 1)
            }
        }
        // A name that is wrong is found out after the file was begun.
        #expect(await home.run(["export", "nobody", "-o", home.path("x")]).status == 67)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home.root).sorted()
                == ["alice", "link"])
    }

    @Test("A file that appears meanwhile stays as it is")
    func race() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "p2pchat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/out"
        let file = try ExportFile(at: path, replacing: false)
        try file.write(Array("ours".utf8))
        #expect(!FileManager.default.fileExists(atPath: path))
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CommandFailure.self) { try file.finish() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("theirs".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }

    @Test("A home without messages gives an empty file")
    func nothing() async throws {
        let home = try await StoredHome()
        let (status, output, _) = await home.run(["export"])
        #expect(status == 0 && output.isEmpty)
        let path = home.path("none.jsonl")
        #expect(
            await home.run(["export", "-o", path]).output == "0 messages written to \(path).\n")
        #expect(try home.bytes("none.jsonl").isEmpty)
    }
}
