import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("p2pchat forget and retention")
struct ForgetCommandTests {
    private let carol = fingerprint(1)

    private func home() async throws -> StoredHome {
        try await StoredHome(
            contacts: [contact("bob"), contact("carol", 1)],
            messages: [
                came("one", at: noon - 10 * 86_400, id: someID), went("two", at: noon - 60),
                came("three", at: noon), came("hers", at: noon, from: carol),
            ])
    }

    private func count(_ home: StoredHome, with fingerprint: Fingerprint) async throws -> Int {
        try await home.withHistory { try await $0.messageCount(with: fingerprint) }
    }

    @Test("A message, a conversation, a contact with everything")
    func forgets() async throws {
        let home = try await home()
        let one = await home.run(["forget", "--message", "\(someID)", "bob", "--yes"])
        #expect(one.status == 0)
        #expect(one.output == "Forgotten: 1 message with bob.\n")
        #expect(try await count(home, with: someFingerprint) == 2)
        let rest = await home.run(["forget", "bob", "--yes"])
        #expect(rest.output == "Forgotten: 2 messages with bob.\n")
        #expect(try await count(home, with: someFingerprint) == 0)
        #expect(try await home.contacts().count == 2)
        let contact = await home.run(["forget", "--contact", "carol", "--yes"])
        #expect(contact.output.hasPrefix("Forgotten: 1 message with carol, and the contact."))
        #expect(try await home.contacts().map(\.name) == ["bob"])
        #expect(try await home.withHistory { try await $0.conversation(with: carol) } == nil)
    }

    @Test("Asks a person, and does nothing without a yes")
    func asks() async throws {
        let home = try await home()
        for answers in [["no"], [], ["perhaps", "no"]] {
            let refused = await home.run(["forget", "bob"], answers: answers)
            #expect(refused.status == 75)
            #expect(refused.output.contains("1 message to bob would never be delivered."))
            #expect(refused.output.contains("Forget 3 messages with bob for good? (yes/no)"))
            #expect(refused.errors.contains("Nothing was changed."))
        }
        let one = await home.run(["forget", "--message", "\(someID)", "bob"], answers: ["no"])
        #expect(one.output.contains("bob: one\nForget it for good? (yes/no)"))
        #expect(try await count(home, with: someFingerprint) == 3)
        #expect(await home.run(["forget", "bob"], answers: ["YES"]).status == 0)
        #expect(try await count(home, with: someFingerprint) == 0)
    }

    @Test("Without a terminal it takes --yes")
    func scripts() async throws {
        let home = try await home()
        for arguments in [["forget", "bob"], ["forget", "--contact", "bob", "--json"]] {
            let result = await home.run(arguments)
            #expect(result.status == 64)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("--yes"))
        }
        #expect(try await count(home, with: someFingerprint) == 3)
        let json = try object(await home.run(["forget", "bob", "--yes", "--json"]).output)
        #expect(json["event"] as? String == "forgotten")
        #expect(json["messages"] as? Int == 3)
        #expect(json["contact"] as? Bool == false)
    }

    @Test("What is not there, and what excludes each other")
    func wrong() async throws {
        let home = try await home()
        #expect(await home.run(["forget", "nobody", "--yes"]).status == 67)
        #expect(
            await home.run(["forget", "--message", "\(someID)", "carol", "--yes"]).status == 67)
        #expect(await home.run(["forget", "--message", "7", "bob", "--yes"]).status == 64)
        #expect(
            await home.run(["forget", "--message", "\(someID)", "--contact", "bob"]).status == 64)
        #expect(await home.run(["forget"]).status == 64)
        let former = try await StoredHome(contacts: [], messages: [came("x")])
        #expect(await former.run(["forget", "--contact", "ABABABAB", "--yes"]).status == 0)
        #expect(try await count(former, with: someFingerprint) == 0)
    }

    @Test("Where something else has the home, nothing is changed; looking does no harm")
    func held() async throws {
        let home = try await home()
        let lock = try home.lock()
        let result = await home.run(["forget", "bob", "--yes"])
        #expect(result.status == 75)
        #expect(result.errors.contains("is in use by process"))
        #expect(await home.run(["retention", "bob"]).status == 0)
        #expect(
            await home.run(["history", "bob"]).output.split(separator: "\n").count == 5)
        withExtendedLifetime(lock) {}
    }

    @Test("How long messages are kept is shown, set and taken back")
    func retention() async throws {
        let home = try await home()
        #expect(
            await home.run(["retention", "bob"]).output
                == "Messages with bob are kept for ever.\n")
        let refused = await home.run(["retention", "bob", "1w"])
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--yes"))
        let asked = await home.run(["retention", "bob", "1w"], answers: ["no"])
        #expect(
            asked.output.contains(
                "1 message older than 1 week would be forgotten now. Go on? (yes/no)"))
        #expect(try await count(home, with: someFingerprint) == 3)
        #expect(
            await home.run(["retention", "bob", "1w", "--yes"]).output
                == "Messages with bob are kept for 1 week.\n1 older message forgotten.\n")
        #expect(try await count(home, with: someFingerprint) == 2)
        let json = try object(await home.run(["retention", "bob", "--json"]).output)
        #expect(json["seconds"] as? Double == 604_800)
        #expect(
            await home.run(["retention", "bob", "forever"]).output
                == "Messages with bob are kept for ever.\n")
        #expect(await home.run(["retention", "bob", "soon"]).status == 64)
        #expect(await home.run(["retention", "bob", "0d"]).status == 64)
        #expect(await home.run(["retention", "nobody"]).status == 67)
    }
}
