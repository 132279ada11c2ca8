import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Line mode, without a network", .serialized)
struct LineModeTests {
    private let screen = RecordingScreen()
    private let departure = Departure()
    private let written = Written()

    private func mode(
        _ contacts: [Contact] = [], requests: [ContactRequest] = [], takesCommands: Bool = true
    ) async throws -> LineMode {
        let store = try ChatStore.inMemory()
        for contact in contacts { try await store.save(contact) }
        for request in requests { try await store.save(request) }
        let surroundings = written.surroundings()
        let node = try await Node.offline(
            userName: "alice", fingerprint: fingerprint(0xEE), contacts: store,
            messages: try await store.unlock(with: try .generate(.ed25519)),
            log: StandardErrorLog.logger(.critical, surroundings), now: { noon })
        return LineMode(
            node, screen: screen, completer: Completer(), departure: departure,
            takesCommands: takesCommands, surroundings)
    }

    private var mallory: ContactRequest {
        ContactRequest(
            name: "mallory", fingerprint: fingerprint(7),
            address: PeerAddress(host: "192.0.2.66", port: 6), direction: .outbound,
            firstSeen: noon, lastSeen: noon)
    }

    private var unknown: NodeEvent {
        .refused(
            Refusal(
                reason: .unknownCertificate, direction: .outbound, address: mallory.address,
                fingerprint: mallory.fingerprint, name: mallory.name, contact: nil,
                explanation: "Refused."))
    }

    @Test("It begins with who the user is, and what to do next")
    func begins() async throws {
        let mode = try await mode()
        await mode.begin()
        #expect(screen.shown.contains("You are alice"))
        #expect(screen.shown.contains("\(fingerprint(0xEE))"))
        #expect(screen.shown.contains("no contacts yet"))
        #expect(screen.prompt == "> ")
    }

    @Test(
        "The first to connect is whom text goes to; the prompt says who, and whether they are there"
    )
    func conversation() async throws {
        let mode = try await mode([contact("bob"), contact("carol", 3)])
        await mode.handle(.connected(peer(), secure: true, dialect: .native))
        #expect(screen.prompt == "bob> ")
        await mode.enter("hello")
        #expect(screen.shown.hasSuffix("[14:03] alice → bob: hello\n"))
        await mode.handle(.presence(peer(), .away))
        #expect(screen.prompt == "bob (away)> ")
        await mode.handle(.disconnected(peer(), secure: true, reason: "left"))
        #expect(screen.prompt == "bob (offline)> ")
        await mode.enter("still there?")
        #expect(screen.shown.hasSuffix("bob: still there?  (waits until bob is there)\n"))
        await mode.enter("/msg carol")
        #expect(screen.prompt == "carol (offline)> ")
    }

    @Test("A message to another does not change whom text goes to")
    func otherMessage() async throws {
        let mode = try await mode([contact("bob"), contact("carol", 3)])
        await mode.enter("/msg bob")
        await mode.enter("/msg carol hi")
        #expect(screen.shown.contains("alice → carol: hi"))
        #expect(screen.prompt == "bob (offline)> ")
    }

    @Test("What can't be sent is said, and given back")
    func notSent() async throws {
        let mode = try await mode([contact("bob")])
        await mode.enter("to whom?")
        #expect(screen.returned == ["to whom?"])
        await mode.enter("/msg bob")
        let long = String(repeating: "x", count: 16_385)
        await mode.enter(long)
        #expect(screen.returned == ["to whom?", long])
        #expect(screen.shown.contains("16384"))
        await mode.enter("/msg nobody hi")
        #expect(screen.shown.contains("no contact \"nobody\""))
        await mode.enter("//slash")
        #expect(screen.shown.hasSuffix("bob: /slash  (waits until bob is there)\n"))
    }

    @Test("A pasted line break at the end is not sent")
    func trailingBreak() async throws {
        let mode = try await mode([contact("bob")])
        await mode.enter("/msg bob")
        await mode.enter("one\ntwo\n\n")
        #expect(screen.shown.hasSuffix("bob: one\n        two  (waits until bob is there)\n"))
    }

    @Test("An unknown certificate is asked about; a yes makes a contact of it")
    func trustQuestion() async throws {
        let mode = try await mode(requests: [mallory])
        await mode.handle(unknown)
        await mode.handle(unknown)
        #expect(screen.shown.contains("\(mallory.fingerprint)"))
        #expect(screen.prompt.hasPrefix("Trust this certificate for good?"))
        #expect(screen.asides == [true])
        await mode.enter("y")
        #expect(screen.shown.contains("Type yes, no"))
        await mode.enter("yes")
        #expect(try await mode.node.contact("mallory").fingerprint == mallory.fingerprint)
        #expect(screen.asides == [true, false])
        #expect(screen.prompt == "mallory (offline)> ")
    }

    @Test("A no, Ctrl-C and another fingerprint leave it unknown")
    func declined() async throws {
        let mode = try await mode(requests: [mallory])
        await mode.handle(unknown)
        await mode.enter("no")
        await mode.handle(unknown)
        await mode.interrupt()
        await mode.handle(unknown)
        await mode.enter("\(fingerprint(8))")
        #expect(screen.shown.contains("THE FINGERPRINTS DIFFER"))
        #expect(await mode.node.contacts().isEmpty)
        #expect(!departure.isRequested)
        await mode.interrupt()
        #expect(departure.isRequested)
    }

    @Test("A yes that was typed before the question is no answer to it")
    func earlyYes() async throws {
        let mode = try await mode([contact("bob")], requests: [mallory])
        await mode.enter("/msg bob")
        await mode.handle(unknown)
        await mode.enter("yes", isAnswer: false)
        #expect(screen.shown.contains("alice → bob: yes"))
        #expect(await mode.node.contacts().count == 1)
        #expect(screen.prompt.hasPrefix("Trust this certificate for good?"))
    }

    @Test("/verify shows the number and marks only on a yes")
    func verify() async throws {
        let mode = try await mode([contact("bob")])
        await mode.enter("/verify bob")
        #expect(screen.shown.contains("safety number of you and bob"))
        await mode.enter("no")
        #expect(try await mode.node.contact("bob").trust == .trusted)
        await mode.enter("/verify bob")
        await mode.enter("yes")
        #expect(try await mode.node.contact("bob").trust == .verified)
        #expect(screen.shown.contains("bob is verified."))
    }

    @Test("/nearby lists neighbours, their names made safe, and asks before it trusts one")
    func nearby() async throws {
        let mode = try await mode()
        await mode.enter("/nearby")
        #expect(screen.shown.contains("--discoverable"))
        await mode.node.heard(
            Neighbour(
                name: "car\u{1B}[2Jol", fingerprint: fingerprint(9),
                addresses: [PeerAddress(host: "192.0.2.9", port: 5_555)], lastHeard: noon))
        await mode.enter("/nearby")
        #expect(screen.shown.contains("192.0.2.9:5555"))
        #expect(!screen.shown.contains("\u{1B}"))
        await mode.enter("/nearby 09090909")
        #expect(screen.shown.contains("\(fingerprint(9))"))
        await mode.enter("no")
        #expect(await mode.node.contacts().isEmpty)
        await mode.enter("/nearby 09090909")
        await mode.enter("yes")
        #expect(await mode.node.contacts().map(\.contact.fingerprint) == [fingerprint(9)])
        #expect(!screen.shown.contains("\u{1B}"))
    }

    @Test("Lists, and what is no command")
    func lists() async throws {
        let mode = try await mode([contact("bob")], requests: [mallory])
        for (command, text) in [
            ("/contacts", "\(someFingerprint)"), ("/requests", "mallory"), ("/who", "Nobody"),
            ("/help", "/verify"), ("/dance", "There is no /dance"), ("/away", "You are away"),
            ("/back", "You are back"),
        ] {
            await mode.enter(command)
            #expect(screen.shown.contains(text), "\(command)")
        }
        await mode.enter("/quit")
        #expect(departure.isRequested)
    }

    @Test("A file that is none is said in a sentence; a certificate becomes a contact")
    func trustFile() async throws {
        let mode = try await mode()
        await mode.enter("/trust /nowhere/bob.pem")
        #expect(screen.shown.contains("/nowhere/bob.pem"))
        let file = FileManager.default.temporaryDirectory.appending(path: "p2pchat-\(UUID()).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        let bob = try Identity.make(userName: UserName("bob"))
        try Data(bob.certificate.pem.utf8).write(to: file)
        await mode.enter("/trust \"\(file.path)\"")
        #expect(screen.shown.contains("You trust bob with the certificate"))
        #expect(screen.shown.contains("\(bob.fingerprint)"))
    }

    @Test("Lines for somebody named on the command line are text, whatever they begin with")
    func literalLines() async throws {
        let mode = try await mode([contact("bob")], takesCommands: false)
        await mode.select(someFingerprint.description, peer())
        await mode.enterPlainly(.line(Array("/quit".utf8)))
        #expect(!departure.isRequested)
        #expect(screen.shown.contains("bob: /quit"))
        await mode.enterPlainly(.line([0xFF]))
        #expect(screen.shown.contains("not UTF-8"))
        await mode.enterPlainly(.tooLong)
        #expect(screen.shown.contains("too long"))
    }

    @Test("Hostile text is safe in every event, list and question")
    func hostileText() async throws {
        var request = mallory
        request.name = hostile
        let mode = try await mode(requests: [request])
        for event in allEvents(hostile) { await mode.handle(event) }
        await mode.enter(hostile)
        await mode.interrupt()
        for command in ["/requests", "/contacts", "/who", "/accept \(hostile)", "/\(hostile)"] {
            await mode.enter(command)
        }
        #expect(isSafe(screen.shown))
        #expect(isSafe(screen.prompt))
        #expect(!screen.shown.contains("\n[14:03] carol"))
    }
}
