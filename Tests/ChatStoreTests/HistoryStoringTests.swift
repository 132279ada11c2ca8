import ChatCore
import ChatIdentity
import ChatWire
import Testing

@testable import ChatStore

@Suite("Messages are stored once, in order, and move on")
struct HistoryStoringTests {
    @Test("everything about a message comes back, through closing and opening")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(.p256)
        let texts = [
            "hello", "", "a\0b", "e\u{301}", "\u{202E}evil", String(repeating: "漢", count: 5_000),
        ]
        var stored: [NewMessage] = []
        for (index, text) in texts.enumerated() {
            stored.append(try outgoing(text, to: 1, at: 1_764_000_000.125 + Double(index)))
            stored.append(
                try incoming(
                    text, from: 1, at: -2.5, claimedSender: index.isMultiple(of: 2) ? "b\0b" : nil,
                    dialect: index.isMultiple(of: 3) ? .seed : .native))
        }
        let first = try await ChatStore.open(at: folder.database).unlock(with: key)
        let positions = try await first.add(stored)
        #expect(positions == (1...12).map { Int64($0) })
        try await first.store.close()

        let again = try await ChatStore.open(at: folder.database).unlock(with: key)
        let page = try await again.page(with: try fingerprint(1), before: nil, limit: 100)
        #expect(!page.hasOlder)
        let expected = stored.enumerated().map { index, message in
            StoredMessage(
                position: Int64(index + 1), id: message.id, contact: message.contact,
                direction: message.direction, content: .text(message.content),
                timestamp: message.timestamp, storedAt: message.storedAt,
                state: message.direction == .outgoing ? .queued : .delivered,
                claimedSender: message.claimedSender, dialect: message.dialect)
        }
        #expect(page.messages == expected)
        // Strings that are canonically equivalent are equal, and yet not the same bytes.
        #expect(
            page.messages.map { Array(($0.text ?? "").utf8) }
                == stored.map { Array($0.content.utf8) })
        for message in expected {
            #expect(
                try await again.message(message.id, message.direction, with: message.contact)
                    == message)
        }
        try await again.store.integrityCheck()
    }

    @Test("a message that came twice is stored once")
    func duplicates() async throws {
        let history = try await history()
        let message = try incoming("once", from: 1)
        let changes = [
            MessageChange.add(message), .add(try incoming("two", from: 1)), .add(message),
        ]
        #expect(
            try await history.commit(changes)
                == [.stored(position: 1), .stored(position: 2), .duplicate])
        // With another content as well: the id decides.
        #expect(try await history.add([try incoming("other", from: 1, id: message.id)]) == [nil])
        #expect(try await history.texts(with: 1) == ["once", "two"])
    }

    @Test("an id from another contact, or the other way, is another message")
    func replayedByAnother() async throws {
        let history = try await history()
        let ours = try outgoing("ours", to: 1)
        _ = try await history.add([ours])
        _ = try await history.commit([.mark(ours.id, to: try fingerprint(1), as: .delivered)])
        let positions = try await history.add([
            try incoming("theirs", from: 1, id: ours.id),
            try incoming("eve's", from: 2, id: ours.id),
            try outgoing("to eve", to: 2, id: ours.id),
        ])
        #expect(positions == [2, 3, 4])
        #expect(try await history.texts(with: 1) == ["ours", "theirs"])
        #expect(try await history.texts(with: 2) == ["eve's", "to eve"])
        let message = try await history.message(ours.id, .outgoing, with: try fingerprint(1))
        #expect(message?.state == .delivered)

        // A receipt from another contact marks nothing of the first one's.
        #expect(
            try await history.mark([ours.id], to: try fingerprint(2), as: .read) == [true])
        #expect(
            try await history.message(ours.id, .outgoing, with: try fingerprint(1))?.state
                == .delivered)
        #expect(
            try await history.mark([ours.id], to: try fingerprint(3), as: .read) == [false])
    }

    @Test("states move on and never back, and each step is told once")
    func states() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let message = try outgoing("hello", to: 1)
        _ = try await history.add([message])
        func mark(_ state: MessageState) -> MessageChange { .mark(message.id, to: bob, as: state) }
        #expect(
            try await history.commit([
                mark(.queued), mark(.sent), mark(.sent), mark(.read), mark(.delivered),
                mark(.read), .requeue(message.id, to: bob),
            ]) == [
                .unchanged, .marked(from: .queued), .unchanged, .marked(from: .sent), .unchanged,
                .unchanged, .unchanged,
            ])
        #expect(
            try await history.message(message.id, .outgoing, with: bob)?.state == .read)
        #expect(
            try await history.commit([.mark(.random(), to: bob, as: .delivered)]) == [.unchanged])
    }

    @Test("what is queued is handed out in order, in pages, and what is sent is not")
    func pending() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        let messages = try (0..<10).map { try outgoing("\($0)", to: 1) }
        _ = try await history.add(messages.flatMap { [$0, try incoming("x", from: 1)] })
        _ = try await history.add([try outgoing("carol's", to: 2)])
        _ = try await history.commit([
            .mark(messages[0].id, to: bob, as: .delivered),
            .mark(messages[3].id, to: bob, as: .sent),
            .mark(messages[4].id, to: bob, as: .read),
        ])
        var texts: [String?] = []
        var position: Int64 = 0
        while true {
            let page = try await history.pending(for: bob, after: position, limit: 3)
            guard let last = page.last else { break }
            #expect(page.count <= 3)
            texts += page.map(\.text)
            position = last.position
        }
        #expect(texts == ["1", "2", "5", "6", "7", "8", "9"])
        #expect(
            try await history.commit([.requeue(messages[3].id, to: bob)]) == [.marked(from: .sent)])
        let all = try await history.pending(for: bob, after: 0, limit: 100)
        #expect(all.map(\.text) == ["1", "2", "3", "5", "6", "7", "8", "9"])
        #expect(try await history.pending(for: try fingerprint(9), after: 0, limit: 5).isEmpty)
    }

    @Test("what is read is counted, and never more than there is")
    func unread() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        #expect(try await history.commit([.markRead(with: bob, upTo: 5)]) == [.unchanged])
        #expect(try await history.conversation(with: bob) == nil)
        _ = try await history.add([
            try incoming("1", from: 1), try outgoing("2", to: 1), try incoming("3", from: 1),
            try incoming("4", from: 1),
        ])
        #expect(try await history.conversation(with: bob)?.unread == 3)
        #expect(
            try await history.commit([
                .markRead(with: bob, upTo: 3), .markRead(with: bob, upTo: 2),
                .markRead(with: bob, upTo: 3),
            ]) == [.marked(from: .delivered), .unchanged, .unchanged])
        var summary = try #require(try await history.conversation(with: bob))
        #expect(summary.unread == 1)
        #expect(summary.lastRead == 3)
        let states = try await history.page(with: bob, before: nil, limit: 9).messages.map(\.state)
        #expect(states == [.read, .queued, .read, .delivered])
        // Up to the end of time means what is there now.
        _ = try await history.commit([.markRead(with: bob, upTo: .max)])
        _ = try await history.add([try incoming("5", from: 1)])
        summary = try #require(try await history.conversation(with: bob))
        #expect(summary.unread == 1)
        #expect(summary.lastRead == 4)
    }

    @Test("conversations are summed up, the newest first")
    func conversations() async throws {
        let history = try await history()
        #expect(try await history.conversations().isEmpty)
        _ = try await history.add([
            try incoming("a", from: 1), try outgoing("b", to: 2), try outgoing("c", to: 1),
            try incoming("d", from: 3), try outgoing("e", to: 2),
        ])
        try await history.setRetention(60, with: try fingerprint(4))
        let found = try await history.conversations()
        #expect(found.map(\.contact) == [2, 3, 1, 4].map { try? fingerprint($0) })
        for (contact, count) in [(1, 2), (2, 2), (3, 1), (4, 0), (5, 0)] {
            #expect(try await history.messageCount(with: try fingerprint(contact)) == count)
        }
        #expect(found.map(\.unread) == [0, 1, 1, 0])
        #expect(found.map(\.queued) == [2, 0, 1, 0])
        #expect(found.map { $0.last?.text } == ["e", "d", "c", nil])
        #expect(found.map(\.retention) == [nil, nil, nil, 60])
    }

    @Test("a batch is all or nothing")
    func atomicBatch() async throws {
        let history = try await history()
        let good = try incoming("good", from: 1)
        let tooLong = try incoming(String(repeating: "x", count: 1 << 20), from: 1)
        let failure = try await failure {
            _ = try await history.add([good, try outgoing("mine", to: 2), tooLong])
        }
        #expect(failure.code == .conflict)
        #expect(try await history.conversations().isEmpty)
        #expect(try await history.add([good]) == [1])
    }

    @Test("times that no clock shows")
    func strangeTimes() async throws {
        let history = try await history()
        let times: [Double] = [
            .nan, .infinity, -.infinity, -0.0, 1e300, -1, .leastNonzeroMagnitude,
        ]
        let messages = try times.map {
            NewMessage.incoming(
                .random(), from: try fingerprint(1), content: "x", timestamp: $0, storedAt: $0,
                dialect: .native)
        }
        _ = try await history.add(messages)
        let page = try await history.page(with: try fingerprint(1), before: nil, limit: 100)
        #expect(page.messages.allSatisfy { $0.text == "x" })
        #expect(page.messages.map(\.timestamp) == [0, 0, 0, 0, 1e300, -1, .leastNonzeroMagnitude])
    }

    @Test("a name of hostile length is cut")
    func longName() async throws {
        let history = try await history()
        _ = try await history.add([
            try incoming("x", from: 1, claimedSender: String(repeating: "漢", count: 70_000))
        ])
        let page = try await history.page(with: try fingerprint(1), before: nil, limit: 1)
        #expect(page.messages.first?.claimedSender == String(repeating: "漢", count: 256))
        #expect(page.messages.first?.text == "x")
    }

    @Test("a call after closing fails, whichever it is")
    func closed() async throws {
        let history = try await history()
        let bob = try fingerprint(1)
        _ = try await history.add([try incoming("x", from: 1)])
        try await history.store.close()
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await history.add([try incoming("y", from: 1)]) },
            { _ = try await history.page(with: bob, before: nil, limit: 1) },
            { _ = try await history.scan(MessageSelection()) { _, _ in true } },
            { _ = try await history.forget(.conversation(bob)) },
            { _ = try await history.store.emptyLog() },
            { _ = try await history.store.unlock(with: try .generate(.ed25519)) },
        ]
        for call in calls { #expect(try await failure(call).code == .unreadable) }
        #expect(try await history.commit([]).isEmpty)
    }
}
