import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("p2pchat history")
struct HistoryCommandTests {
    @Test("Shows both sides, oldest first, with days and states")
    func shows() async throws {
        let ids = [MessageID.random(), .random(), .random()]
        let home = try await StoredHome(messages: [
            came("good morning", at: noon - 86_400),
            went("hi", at: noon - 180, id: ids[0]), went("seen?", at: noon - 120, id: ids[1]),
            went("on its way", at: noon - 60, id: ids[2]),
            came("from the other clock", timestamp: noon - 7_200, claimed: "Bobby"),
        ])
        try await home.withHistory { history in
            _ = try await history.mark([ids[0]], to: someFingerprint, as: .delivered)
            _ = try await history.mark([ids[1]], to: someFingerprint, as: .read)
        }
        let (status, output, errors) = await home.run(["history", "bob"])
        #expect(status == 0)
        #expect(errors.isEmpty)
        #expect(
            output == """
                -- Sunday, 2025-11-23 --
                [14:03] bob: good morning
                -- Monday, 2025-11-24 --
                [14:00] alice → bob: hi  ✓
                [14:01] alice → bob: seen?  ✓✓
                [14:02] alice → bob: on its way  (waiting)
                [14:03] bob ("Bobby"): from the other clock  (sent 2025-11-24 12:03, by their clock)

                """)
    }

    @Test("Takes the newest, and those of a time")
    func ranges() async throws {
        let home = try await StoredHome(
            messages: (0..<200).map { came("number \($0)", at: noon - Double(200 - $0) * 3_600) })
        func texts(_ arguments: String...) async -> [Substring] {
            let output = await home.run(["history", "bob"] + arguments).output
            return output.split(separator: "\n").filter { !$0.hasPrefix("--") }.map {
                $0.dropFirst(13)
            }
        }
        let all = (0..<200).map { Substring("number \($0)") }
        #expect(await texts() == Array(all.suffix(50)))
        #expect(await texts("--limit", "3") == Array(all.suffix(3)))
        #expect(await texts("--since", "2h") == Array(all.suffix(2)))
        #expect(await texts("--until", "198h") == Array(all.prefix(2)))
        #expect(await texts("--until", "190h", "--limit", "4") == Array(all.prefix(10).suffix(4)))
        // Whole days: from Saturday's midnight to Sunday's.
        #expect(
            await texts("--since", "2025-11-22", "--until", "2025-11-22")
                == Array(all[138..<162]))
    }

    @Test("What came from outside is safe to look at, and exact in JSON")
    func hostileContent() async throws {
        let home = try await StoredHome(
            contacts: [contact("bob")], messages: [came(hostile, claimed: hostile)])
        let shown = await home.run(["history", "bob"])
        #expect(isSafe(shown.output))
        #expect(!shown.output.split(separator: "\n").dropFirst(2).contains { !$0.hasPrefix("   ") })
        let json = await home.run(["history", "bob", "--json"])
        let event = try object(json.output)
        let messages = try #require(event["messages"] as? [[String: Any]])
        #expect(messages.first?["content"] as? String == hostile)
        #expect(messages.first?["claimed_name"] as? String == hostile)
        #expect(event["has_older"] as? Bool == false)
        #expect((event["peer"] as? [String: Any])?["name"] as? String == "bob")
    }

    @Test("JSON says whether there are older ones")
    func older() async throws {
        let home = try await StoredHome(messages: (0..<5).map { came("\($0)") })
        for more in [[], ["--since", "1d"]] {
            let event = try object(
                await home.run(["history", "bob", "--json", "--limit", "4"] + more).output)
            #expect((event["messages"] as? [[String: Any]])?.count == 4)
            #expect(event["has_older"] as? Bool == true)
        }
    }

    @Test("Who is no contact any more is found by fingerprint, and by its beginning")
    func former() async throws {
        let home = try await StoredHome(
            contacts: [contact("carol", 1)], messages: [came("remember me")])
        for name in ["\(someFingerprint)", "ABABABAB", "ab:ab:ab:ab:ab"] {
            let (status, output, _) = await home.run(["history", name])
            #expect(status == 0)
            #expect(output.contains("AB:AB:AB:AB:AB:AB:AB:AB: remember me"))
        }
    }

    @Test("A beginning of two fingerprints is nobody's")
    func ambiguous() async throws {
        var bytes = [UInt8](repeating: 0xAB, count: 32)
        bytes[31] = 0
        let other = try #require(Fingerprint(bytes: bytes))
        let home = try await StoredHome(
            messages: [came("one"), came("two", from: other)])
        let (status, output, errors) = await home.run(["history", "ABABABABAB"])
        #expect(status == 65)
        #expect(output.isEmpty)
        #expect(errors.contains("\(other)") && errors.contains("\(someFingerprint)"))
    }

    @Test("Nobody of this name, nothing yet, and no time in between are said plainly")
    func nothing() async throws {
        let empty = try await StoredHome()
        let none = await empty.run(["history", "bob"])
        #expect(none.status == 0)
        #expect(none.output.isEmpty)
        #expect(none.errors == "There are no messages with bob yet.\n")
        #expect(await empty.run(["history", "nobody"]).status == 67)
        let home = try await StoredHome(messages: [came("x", at: noon - 100_000)])
        #expect(
            await home.run(["history", "bob", "--since", "1h"]).errors
                == "There are no messages with bob from that time.\n")
        let inverted = await home.run(["history", "bob", "--since", "1h", "--until", "2h"])
        #expect(inverted.status == 64)
        #expect(inverted.errors.contains("--since is not before --until"))
        let json = try object(await empty.run(["history", "bob", "--json"]).output)
        #expect((json["messages"] as? [Any])?.isEmpty == true)
    }

    @Test("With --ids each message can be named")
    func ids() async throws {
        let home = try await StoredHome(messages: [came("hello", id: someID)])
        #expect(
            await home.run(["history", "bob", "--ids"]).output
                .hasSuffix("bob: hello  [\(someID)]\n"))
    }

    @Test("A damaged message says that it is")
    func damaged() {
        var transcript = Transcript(
            userName: "alice", isSecure: true, style: .plain, columns: nil, now: noon,
            localTime: utc)
        let message = StoredMessage(
            position: 1, id: someID, contact: someFingerprint, direction: .incoming,
            content: .damaged, timestamp: noon, storedAt: noon, state: .delivered,
            claimedSender: nil, dialect: .native)
        #expect(
            transcript.stored(message, with: peer())
                == "[14:03] * bob: this message is damaged and can't be read\n")
    }
}

func object(_ line: String) throws -> [String: Any] {
    #expect(line.split(separator: "\n").count == 1)
    return try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}
