import ChatCore
import ChatIdentity
import ChatValues
import ChatWire
import EventSamples
import Foundation
import Testing

@testable import ChatControl
@testable import P2PChat

@Suite("The control socket of a running node")
struct ControlSocketTests {
    @Test("It says who is there, and answers what it is asked")
    func asking() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        let contacts = try await client.contacts()
        #expect(contacts.map(\.contact) == [contact("bob")])
        #expect(contacts.first?.presence == .offline)
        #expect(try await client.requests().isEmpty)
        _ = await running.bobConnects()
        let now = try #require(try await client.contacts().first)
        #expect(now.presence == .online)
        #expect(now.address == PeerAddress(host: "192.0.2.2", port: 40_000))
    }

    @Test("A home of 200 bytes will do")
    func deep() async throws {
        let running = try await ControlledNode(depth: 200)
        #expect(try await running.client().contacts().count == 1)
    }

    @Test("Each client is told of its own messages, whatever others use as ref")
    func ownMessages() async throws {
        let running = try await ControlledNode()
        let link = await running.bobConnects()
        let (first, second) = (try await running.client(), try await running.client())
        for (client, text) in [(first, "one"), (second, "two")] {
            client.command("send", reference: 1) { json in
                json.member("to", "bob")
                json.member("content", text)
            }
            let queued = try await client.expect("queued")
            #expect(queued.reference == 1)
            let id = try #require(queued.value["id"]?.string.flatMap { MessageID($0) })
            #expect(try await client.expect("sent").value["id"]?.string == id.description)
            await running.bobConfirms(id)
            #expect(try await client.expect("delivered").value["id"]?.string == id.description)
        }
        #expect(link.messages.map(\.content) == ["one", "two"])
        // Nothing of the second's was told to the first.
        #expect(try await first.contacts().count == 1)
    }

    @Test("Who watches is told everything, others' refs excepted")
    func watching() async throws {
        let running = try await ControlledNode()
        let (watcher, sender) = (try await running.client(), try await running.client())
        watcher.command("watch", reference: 9)
        #expect(try await watcher.expect("watching").reference == 9)
        _ = await running.bobConnects()
        _ = try await watcher.expect("connected")
        _ = try await watcher.expect("presence")
        await running.bobSays("hello")
        #expect(try await watcher.expect("message").value["content"]?.string == "hello")
        sender.command("send", reference: 5) { json in
            json.member("to", "bob")
            json.member("content", "x")
        }
        #expect(try await watcher.expect("queued").reference == nil)
        _ = try await watcher.expect("sent")
        #expect(try await sender.expect("queued").reference == 5)
    }

    @Test("The front end has every event as well, and knows which messages are others'")
    func frontEnd() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        client.command("send") { json in
            json.member("to", "bob")
            json.member("content", "from outside")
        }
        _ = try await client.expect("queued")
        try await running.node.send("from inside", to: "bob", reference: "1")
        await running.node.stop()
        var queued: [OutgoingStatus] = []
        for await event in running.node.events {
            if case .queued(let status) = event { queued.append(status) }
        }
        #expect(queued.map(\.isFromControlSocket) == [true, false])
        let events = JSONEvents(userName: "alice", fingerprint: nil)
        let line = try #require(events.line(for: .queued(queued[0]), at: 1))
        #expect(try JSONValue(parsing: line)["ref"] == nil)
    }

    @Test("What clients do is told to whoever sits before the screen")
    func acts() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        _ = try await client.trust(fingerprint(7), name: "carol", replacing: false)
        _ = try await client.markVerified("carol")
        _ = try await client.remove("carol")
        client.command("send") { json in
            json.member("to", "bob")
            json.member("content", "hi")
        }
        client.command("presence") { $0.member("state", "away") }
        var told: [String] = []
        for await act in running.acts {
            switch act {
            case .trusted(let contact): told.append("trusted \(contact.name)")
            case .verified(let contact): told.append("verified \(contact.name)")
            case .removed(let contact): told.append("removed \(contact.name)")
            case .sent(let text, let contact, _): told.append("sent \(text) to \(contact.name)")
            case .presence(let state): told.append("\(state)")
            default: told.append("?")
            }
            if told.count == 5 { break }
        }
        #expect(
            told == ["trusted carol", "verified carol", "removed carol", "sent hi to bob", "away"])
    }

    @Test("A refusal comes with its code")
    func refusal() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        let failure = await #expect(throws: NodeFailure.self) { try await client.remove("nobody") }
        #expect(failure?.code == .unknownContact)
        client.command("trust", reference: 1) { $0.member("file", "/etc/passwd") }
        let answer = try await client.expect("error")
        #expect(answer.failure?.code == .badCommand)
        #expect(answer.reference == 1)
    }

    @Test("Quitting ends the connection, and what was asked before is answered")
    func quitting() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        for _ in 0..<50 { client.command("contacts") }
        client.command("quit")
        for _ in 0..<50 { _ = try await client.expect("contacts") }
        let end = await #expect(throws: ControlFailure.self) { try await client.next() }
        #expect(end?.code == .ended)
        #expect(try await running.client().contacts().count == 1)
    }

    @Test("One client too many is told so")
    func crowd() async throws {
        var limits = ControlServer.Limits()
        limits.clients = 2
        let running = try await ControlledNode(limits: limits)
        var clients = [try await running.client(), try await running.client()]
        let failure = await #expect(throws: NodeFailure.self) { try await running.client() }
        #expect(failure?.code == .queueFull)
        clients.removeFirst().command("quit")
        // Room is made once the other's end is seen.
        for _ in 0..<1_000 {
            if let client = try? await running.client() {
                #expect(try await client.contacts().count == 1)
                return
            }
        }
        Issue.record("there never was room again")
    }

    @Test("When the node stops, so does the socket: clients hear the end, the file is gone")
    func stopping() async throws {
        let running = try await ControlledNode()
        let client = try await running.client()
        await running.node.stop()
        await running.server.stop()
        #expect(!FileManager.default.fileExists(atPath: running.home.socket))
        let end = await #expect(throws: ControlFailure.self) { try await client.next() }
        #expect(end?.code == .ended)
        #expect(try await ControlClient.connect(to: running.home.user) == nil)
    }
}
