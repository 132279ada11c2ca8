import P2PChat

/// JSON mode: events out, commands in, one object a line, and nothing else on standard output.
struct JSONMode: Sendable {
    /// Bytes in a command's line.
    static let lineLimit = 1 << 20

    let node: Node
    let output: Output
    let departure: Departure
    let surroundings: Surroundings
    private let events: JSONEvents

    init(_ node: Node, output: Output, departure: Departure, _ surroundings: Surroundings) {
        self.node = node
        self.output = output
        self.departure = departure
        self.surroundings = surroundings
        events = JSONEvents(userName: node.userName, fingerprint: node.fingerprint)
    }

    func handle(_ event: NodeEvent) async {
        if let line = events.line(for: event, at: surroundings.now()) { await put(line) }
    }

    /// One line of standard input. False once the program is to end.
    func enter(_ line: LineSplitter.Line) async -> Bool {
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
                await put(
                    JSONEvents.line(
                        for: failure, at: surroundings.now(), reference: command.reference))
            } catch {
                await fail(.badFile, SafeText.singleLine("\(error)"), reference: command.reference)
            }
        } catch {
            await fail(error.code, error.description, reference: error.reference)
        }
        return true
    }

    /// A connection that the command line asked for.
    func connect(_ dial: Dial) async {
        do {
            try await node.connect(to: dial.address, expecting: dial.name)
        } catch {
            await put(JSONEvents.line(for: error, at: surroundings.now()))
        }
    }

    private func run(_ command: JSONCommand) async throws {
        let reference = command.reference
        switch command.action {
        case .send(let peer, let content):
            try await node.post(content, to: peer, reference: reference)
        case .connect(let address, let peer):
            try await node.connect(to: address, expecting: peer)
        case .trustFile(let file, let name, let replacing):
            let certificates = try CertificateText(file: file)
            let contacts = try await node.trust(
                certificatesIn: certificates.pem, name: name, replacing: replacing)
            for contact in contacts { await tell("trusted", contact, reference) }
        case .trustFingerprint(let fingerprint, let name, let replacing):
            let contact = try await node.trust(fingerprint, name: name, replacing: replacing)
            await tell("trusted", contact, reference)
        case .accept(let fingerprint, let name):
            let contact = try await node.accept(fingerprint.description, name: name)
            await tell("trusted", contact, reference)
        case .reject(let fingerprint):
            try await node.reject(fingerprint.description)
            await answer("rejected", reference) { $0.member("request", fingerprint.description) }
        case .contacts: await contacts(reference)
        case .requests:
            let requests = await node.pendingRequests()
            await answer("requests", reference) { $0.requests(requests) }
        case .history:
            await fail(
                .badCommand, "This version keeps no messages: there is no history yet.",
                reference: reference)
        case .presence(let state): await node.setPresence(state)
        case .quit: break
        }
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

    private func answer(
        _ event: String, _ reference: String?, _ members: (inout JSONWriter) -> Void
    ) async {
        await put(
            JSONEvents.line(event, at: surroundings.now(), reference: reference, members))
    }

    private func fail(
        _ code: NodeFailure.Code, _ description: String, reference: String?
    ) async {
        await put(
            JSONEvents.line(
                for: NodeFailure(code, description, reference: reference), at: surroundings.now()))
    }

    private func put(_ line: [UInt8]) async {
        if await !output.write(line + [0x0A]) { departure.request(.broken) }
    }
}
