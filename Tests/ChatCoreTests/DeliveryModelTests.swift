import ChatValues
import ChatWire
import TestSupport
import Testing

@testable import ChatCore

/// A peer that remembers what it has had, as a receiver must.
private struct Receiver {
    var had: Set<MessageID> = []
    var shown: [String] = []
    private var seen = 0

    /// Takes what a session has brought since it was last asked.
    mutating func take(from link: RecordingLink, after count: Int) -> [Message] {
        let new = Array(link.messages.dropFirst(count))
        for message in new where had.insert(message.id ?? .random()).inserted {
            shown.append(message.content)
        }
        return new
    }
}

@Suite("Whatever happens, what was queued arrives once and in order")
struct DeliveryModelTests {
    @Test(
        "crashes, lost sessions, lost receipts, a disk that fails",
        arguments: 1...20 as ClosedRange<UInt64>)
    func survive(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        // A store in memory may answer before the call returns.
        let disk = MemoryMessages(answersAtOnce: seed.isMultiple(of: 2))
        var receivers = [2: Receiver(), 3: Receiver()] as [UInt8: Receiver]
        var queued: [UInt8: [String]] = [:]
        var number = 0
        var session: UInt64 = 0
        for _ in 0..<6 {
            let alice = try await TestNode(
                contacts: [.test("bob", 2), .test("carol", 3)], messages: disk)
            var links: [UInt8: (id: UInt64, link: RecordingLink, taken: Int)] = [:]
            for _ in 0..<60 {
                let contact: UInt8 = Bool.random(using: &random) ? 2 : 3
                let name = contact == 2 ? "bob" : "carol"
                switch Int.random(in: 0..<12, using: &random) {
                case 0..<4:
                    for _ in 0..<Int.random(in: 1...400, using: &random) {
                        number += 1
                        try await alice.node.post("\(number)", to: name)
                        queued[contact, default: []].append("\(number)")
                    }
                    await alice.settle()
                case 4, 5:
                    session += 1
                    links[contact] = (session, await alice.open(session, contact), 0)
                case 6:
                    if let link = links.removeValue(forKey: contact) { await alice.close(link.id) }
                case 7:
                    disk.fail(with: StoreFailure(.full, "Full."))
                    number += 1
                    await #expect(throws: NodeFailure.self) {
                        try await alice.node.send("refused \(number)", to: name)
                    }
                    disk.fail(with: nil)
                case 8:
                    // Nothing of what is done from here on gets to the disk in time.
                    guard var link = links[contact] else { break }
                    disk.hold()
                    let new = receivers[contact]?.take(from: link.link, after: link.taken) ?? []
                    await alice.acknowledge(link.id, new)
                    link.taken += new.count
                    links[contact] = link
                    if Bool.random(using: &random) { await alice.close(link.id) }
                    disk.release()
                    await alice.settle()
                default:
                    guard var link = links[contact] else { break }
                    let new = receivers[contact]?.take(from: link.link, after: link.taken) ?? []
                    link.taken += new.count
                    links[contact] = link
                    // Some receipts are lost with the connection.
                    let heard = new.prefix(Int.random(in: 0...new.count, using: &random))
                    await alice.acknowledge(link.id, Array(heard))
                    if heard.count < new.count {
                        links[contact] = nil
                        await alice.close(link.id)
                    }
                }
            }
            // The end of a run is a crash: nobody is told. What it had in line is done, or not.
            if Bool.random(using: &random) { await alice.node.stop() }
        }
        // In the end everybody is there, and nothing fails.
        let alice = try await TestNode(
            contacts: [.test("bob", 2), .test("carol", 3)], messages: disk)
        for contact in [2, 3] as [UInt8] {
            session += 1
            let link = await alice.open(session, contact)
            var taken = 0
            while true {
                let new = receivers[contact]?.take(from: link, after: taken) ?? []
                if new.isEmpty { break }
                taken += new.count
                await alice.acknowledge(session, new)
            }
            #expect(receivers[contact]?.shown == queued[contact] ?? [])
            #expect(disk.states(to: contact).allSatisfy { $0 == .delivered })
        }
    }
}
