public import ChatCore
import ChatIdentity
import ChatValues
import ChatWire

/// The JSON interface of a running node: takes commands and events, writes answers and events, one
/// object a line.
public struct JSONInterface: Sendable {
    /// Bytes in a command's line.
    public static let lineLimit = 1 << 20

    /// A program that is not the one that runs the node: what is different for it.
    struct Guest: Sendable {
        /// Makes the reference that the node gets of the `ref` of a command.
        var tag: @Sendable (String?) -> String
        /// From now on it gets every event.
        var watch: @Sendable () -> Void
        /// Is told what it has done.
        var acted: @Sendable (ControlAct) async -> Void
    }

    let node: Node
    let guest: Guest?
    private let now: @Sendable () -> Double
    private let write: @Sendable ([UInt8]) async -> Void
    private let events: JSONEvents

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - write: takes one line, without its LF.
    public init(
        _ node: Node, now: @escaping @Sendable () -> Double,
        write: @escaping @Sendable ([UInt8]) async -> Void
    ) {
        self.init(node, now: now, guest: nil, write: write)
    }

    init(
        _ node: Node, now: @escaping @Sendable () -> Double, guest: Guest?,
        write: @escaping @Sendable ([UInt8]) async -> Void
    ) {
        self.node = node
        self.guest = guest
        self.now = now
        self.write = write
        events = JSONEvents(
            userName: node.userName, fingerprint: node.fingerprint, proxy: node.configuration.proxy)
    }

    public func handle(_ event: NodeEvent) async {
        if let line = events.line(for: event, at: now()) { await write(line) }
    }

    /// Carries out a line with a command. False once it was `quit`.
    public func enter(_ line: LineSplitter.Line) async -> Bool {
        guard case .line(let bytes) = line else {
            await fail(
                .badCommand, "A command is at most \(Self.lineLimit) bytes long.", reference: nil)
            return true
        }
        // Blank lines between commands are nobody's mistake.
        if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return true }
        do throws(JSONCommand.Failure) {
            let command = try JSONCommand(parsing: bytes)
            if command.action == .quit { return false }
            do {
                try await run(command)
            } catch let failure as NodeFailure {
                await tell(failure, reference: command.reference)
            } catch {
                await fail(.badFile, SafeText.singleLine("\(error)"), reference: command.reference)
            }
        } catch {
            await fail(error.code, error.description, reference: error.reference)
        }
        return true
    }

    /// Says that something which no command asked for has failed.
    public func tell(_ failure: NodeFailure) async {
        await tell(failure, reference: nil)
    }

    private func run(_ command: JSONCommand) async throws {
        let reference = command.reference
        switch command.action {
        case .send(let peer, let content):
            try await send(content, to: peer, reference)
        case .connect(let address, let peer):
            try await node.connect(to: address, expecting: peer)
            await guest?.acted(.connecting(address))
        case .trustFile(let file, let name, let replacing):
            guard guest == nil else {
                return await fail(
                    .badCommand,
                    "Over the control socket \"trust\" takes what is in the file, as "
                        + "\"certificate\".",
                    reference: reference)
            }
            let certificates = try CertificateText(file: file)
            try await trust(certificates.pem, name: name, replacing: replacing, reference)
        case .trustCertificate(let text, let name, let replacing):
            try await trust(Array(text.utf8), name: name, replacing: replacing, reference)
        case .trustFingerprint(let fingerprint, let name, let replacing):
            let contact = try await node.trust(fingerprint, name: name, replacing: replacing)
            await tellTrusted(contact, reference)
        case .accept(let request, let name):
            let contact = try await node.accept(request, name: name)
            await tellTrusted(contact, reference)
        case .reject(let request):
            let fingerprint = try await node.reject(request)
            await answer("rejected", reference) { $0.member("request", fingerprint.description) }
            await guest?.acted(.rejected(fingerprint))
        case .remove(let name):
            let contact = try await node.contact(name)
            try await node.removeContact(contact.fingerprint.description)
            await tell("removed", contact, reference)
            await guest?.acted(.removed(contact))
        case .verify(let name, let isCompared):
            try await verify(name, isCompared: isCompared, reference)
        case .contacts: await contacts(reference)
        case .requests:
            let requests = await node.pendingRequests()
            await answer("requests", reference) { $0.requests(requests) }
        case .status:
            let status = await node.status()
            await answer("status", reference) { $0.status(status) }
        case .nearby:
            let neighbours = await node.neighbours()
            await answer("nearby", reference) { $0.neighbours(neighbours) }
        case .messages(let command): try await run(command, reference)
        case .presence(let state):
            await node.setPresence(state)
            await guest?.acted(.presence(state))
        case .watch:
            guest?.watch()
            await answer("watching", reference) { _ in }
        case .quit: break
        }
    }

    private func send(_ content: String, to peer: String, _ reference: String?) async throws {
        guard let guest else {
            try await node.post(content, to: peer, reference: reference)
            return
        }
        let contact = try await node.contact(peer)
        let tag = guest.tag(reference)
        try await node.send(content, to: contact.fingerprint.description, reference: tag)
        await guest.acted(.sent(content, to: contact, reference: tag))
    }

    private func trust(
        _ pem: [UInt8], name: String?, replacing: Bool, _ reference: String?
    ) async throws {
        let contacts = try await node.trust(
            certificatesIn: pem, name: name, replacing: replacing)
        for contact in contacts { await tellTrusted(contact, reference) }
    }

    private func tellTrusted(_ contact: Contact, _ reference: String?) async {
        await tell("trusted", contact, reference)
        await guest?.acted(.trusted(contact))
    }

    private func verify(_ name: String, isCompared: Bool, _ reference: String?) async throws {
        var contact = try await node.contact(name)
        if isCompared {
            contact = try await node.markVerified(contact.fingerprint.description)
        }
        let number = try node.safetyNumber(with: contact)
        await answer("verify", reference) { json in
            json.contactMember(contact)
            json.member("safety_number", number.description)
        }
        if isCompared { await guest?.acted(.verified(contact)) }
    }

    private func contacts(_ reference: String?) async {
        let contacts = await node.contacts()
        let peers = await node.plainPeersOnline()
        await answer("contacts", reference) { json in
            json.key("contacts")
            json.array { json in
                for status in contacts {
                    json.contact(status.contact, status.presence, at: status.session?.address)
                }
                for peer in peers {
                    json.plainPeer(peer.name, peer.presence, at: peer.address)
                }
            }
        }
    }

    private func tell(_ event: String, _ contact: Contact, _ reference: String?) async {
        await answer(event, reference) { $0.contactMember(contact) }
    }

    private func tell(_ failure: NodeFailure, reference: String?) async {
        var failure = failure
        failure.reference = reference
        await write(JSONEvents.line(for: failure, at: now()))
    }

    func answer(
        _ event: String, _ reference: String?, _ members: (inout JSONWriter) -> Void
    ) async {
        await write(JSONEvents.line(event, at: now(), reference: reference, members))
    }

    private func fail(
        _ code: NodeFailure.Code, _ description: String, reference: String?
    ) async {
        await tell(NodeFailure(code, description), reference: reference)
    }
}
