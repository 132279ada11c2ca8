import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("p2pchat search")
struct SearchCommandTests {
    private let carol = fingerprint(1)

    private func home() async throws -> StoredHome {
        try await StoredHome(
            contacts: [contact("bob"), contact("carol", 1)],
            messages: [
                came("The Harbour at noon", at: noon - 7_200),
                went("which harbour?", at: noon - 3_600),
                came("no word of it", at: noon - 1_800),
                came("HARBOUR lights", at: noon, from: carol),
            ])
    }

    @Test("Finds in all conversations, whatever the case, newest first")
    func finds() async throws {
        let (status, output, errors) = try await home().run(["search", "harbour"])
        #expect(status == 0)
        #expect(errors.isEmpty)
        #expect(
            output == """
                2025-11-24 14:03  carol: HARBOUR lights
                2025-11-24 13:03  alice → bob: which harbour?
                2025-11-24 12:03  bob: The Harbour at noon

                """)
    }

    @Test("With somebody, of a time, at most so many")
    func narrower() async throws {
        let home = try await home()
        func count(_ arguments: String...) async -> Int {
            await home.run(["search", "harbour"] + arguments).output.split(separator: "\n").count
        }
        #expect(await count("--with", "bob") == 2)
        #expect(await count("--with", "bob", "--since", "90m") == 1)
        #expect(await count("--until", "90m") == 1)
        #expect(await count("--limit", "1") == 1)
        #expect(await home.run(["search", "x", "--with", "dave"]).status == 67)
    }

    @Test("Nothing found is status 1, and said")
    func nothing() async throws {
        let home = try await home()
        let (status, output, errors) = await home.run(["search", "lighthouse"])
        #expect(status == 1)
        #expect(output.isEmpty)
        #expect(errors == "Nothing found in 4 messages.\n")
        let empty = try await StoredHome()
        let none = await empty.run(["search", "x"])
        #expect(none.status == 1)
        #expect(none.errors == "There are no messages to search.\n")
        #expect(await home.run(["search", ""]).status == 64)
    }

    @Test("JSON has an object for each match, and one at the end")
    func json() async throws {
        let output = try await home().run(["search", "harbour", "--json"]).output
        let lines = try output.split(separator: "\n").map { try object(String($0)) }
        #expect(lines.map { $0["event"] as? String } == ["match", "match", "match", "search"])
        #expect(
            (lines[1]["message"] as? [String: Any])?["content"] as? String == "which harbour?")
        #expect(lines[3]["matches"] as? Int == 3)
        #expect(lines[3]["searched"] as? Int == 4)
    }

    @Test("On a terminal the match stands out in as much as there is room for")
    func excerpt() {
        let long =
            String(repeating: "word ", count: 40) + "Needle" + String(repeating: " more", count: 40)
        let excerpt = Excerpt(of: "needle", in: "first line\n" + long, columns: 60)
        #expect(excerpt.match == "Needle")
        #expect(excerpt.before.hasPrefix("…") && excerpt.after.hasSuffix("…"))
        #expect(Wrapping.width(excerpt.text) <= 60)
        let short = Excerpt(of: "IS", in: "this is it", columns: 60)
        #expect((short.before, short.match, short.after) == ("th", "is", " is it"))
        let whole = Excerpt(of: "needle", in: long, columns: nil)
        #expect(whole.text == long)
        let wide = Excerpt(
            of: "x", in: String(repeating: "漢", count: 100) + "x", columns: 40)
        #expect(Wrapping.width(wide.text) <= 40 && wide.match == "x")
    }

    @Test("What is found is safe to look at, also where it lies in what is not shown")
    func hostileContent() async throws {
        let home = try await StoredHome(messages: [came(hostile), came("a\u{1B}[31mb")])
        for text in ["x", "carol", "\u{1B}[31m", "owned", "\u{202E}"] {
            let (status, output, _) = await home.run(["search", text])
            #expect(status == 0)
            #expect(isSafe(output))
        }
        let excerpt = Excerpt(of: "\u{1B}[31", in: "a\u{1B}[31mb", columns: 60)
        #expect(isSafe(excerpt.text))
    }

    @Test("A match longer than the screen is cut")
    func longMatch() {
        let text = String(repeating: "x", count: 500)
        let excerpt = Excerpt(of: text, in: text, columns: 40)
        #expect(Wrapping.width(excerpt.text) <= 40)
    }
}
