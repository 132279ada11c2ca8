import ChatValues
import ChatWire
import Testing

@testable import ChatCore

@Suite("A front end that falls behind")
struct BackPressureTests {
    private func flood(_ alice: TestNode, _ count: Int) async {
        for number in 0..<count { await alice.receive(1, .message(.test("\(number)"))) }
    }

    @Test("stops the reading on all sessions, and loses nothing")
    func pause() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        let links = [await alice.open(1, 2), await alice.open(2, 3)]
        _ = try await alice.events()
        await flood(alice, NodeEvents.highMark)
        #expect(links.map(\.isReading) == [true, true])
        await flood(alice, 1)
        #expect(links.map(\.isReading) == [false, false])
        // What the last reads brought, and what the user does, is still taken.
        await flood(alice, 100)
        try await alice.node.send("hello", to: "carol")
        let told = try await alice.told()
        #expect(told.count == NodeEvents.highMark + 101 + 2)
        #expect(told.filter { $0.hasPrefix("message") }.count == NodeEvents.highMark + 101)
    }

    @Test("and has caught up lets it go on")
    func resume() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        let resumed = Signal()
        let link = RecordingLink(onReading: resumed.notify)
        await alice.open(1, 2, link)
        await flood(alice, NodeEvents.highMark + 1)
        #expect(!link.isReading)
        var events = alice.node.events.makeAsyncIterator()
        for _ in 0..<(NodeEvents.highMark - NodeEvents.lowMark) {
            _ = await events.next()
        }
        #expect(!link.isReading)
        for _ in 0..<10 { _ = await events.next() }
        try await resumed.wait("reading to go on") { link.isReading }
        // And again.
        await flood(alice, NodeEvents.highMark + 1)
        #expect(!link.isReading)
    }

    @Test("does not read from those who come meanwhile either")
    func newcomers() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2), .test("carol", 3)])
        _ = await alice.open(1, 2)
        await flood(alice, NodeEvents.highMark + 1)
        let late = await alice.open(2, 3)
        #expect(!late.isReading)
    }

    @Test("is not filled up by strangers who knock")
    func strangers() async throws {
        let alice = try await TestNode(contacts: [.test("bob", 2)])
        _ = await alice.open(1, 2)
        _ = try await alice.events()
        await flood(alice, NodeEvents.highMark + 1)
        for _ in 0..<50 { await alice.node.attemptFailed(.unknown("mallory", 9)) }
        let told = try await alice.told()
        #expect(!told.contains { $0.hasPrefix("refused") })
        #expect(told.last == "request mallory")
    }
}
