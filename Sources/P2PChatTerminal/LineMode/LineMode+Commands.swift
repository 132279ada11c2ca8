import P2PChat

/// What the person types.
extension LineMode {
    /// The port of an address that names none.
    private var defaultPort: Int {
        node.isSecure ? ChatConfiguration.securePort : ChatConfiguration.insecurePort
    }

    /// - Parameter isAnswer: false where it was typed before there was a question, and came too
    ///   late: a yes to a friend must not become one to a certificate.
    func enter(_ line: String, isAnswer: Bool = true) async {
        if isAnswer, let question = questions.first {
            return await answer(line, to: question)
        }
        guard takesCommands else {
            if !line.isEmpty { await say(line) }
            return
        }
        do {
            let command = try LineCommand(parsing: line, defaultPort: defaultPort)
            if case .text(let text) = command { return await say(text, typed: line) }
            try await run(command, typed: line)
        } catch let failure as LineCommand.Failure {
            await echo(line)
            await notice([failure.description], .warning)
        } catch let failure as NodeFailure {
            await notice([failure.description], .warning)
        } catch {
            await notice([SafeText.singleLine("\(error)")], .warning)
        }
    }

    /// A line that comes from no keyboard that libedit could serve. It waits for somebody to talk
    /// to: what is piped in is there before any connection is.
    func enterPlainly(_ line: LineSplitter.Line) async {
        guard case .line(let bytes) = line else {
            return await notice(
                ["A line was too long and was not sent: send it in parts."], .warning)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return await notice(
                ["A line was not UTF-8 text and was not sent: convert it first."], .warning)
        }
        let isCommand = takesCommands && text.hasPrefix("/") && !text.hasPrefix("//")
        if !isCommand, !surroundings.inputIsTerminal { await conversation() }
        if !departure.isRequested { await enter(text) }
    }

    /// Begins the conversation that the command line names. A name that is wrong must not leave the
    /// lines to whoever connects first.
    func begin(with name: String) async throws(NodeFailure) {
        let conversation = try await find(name)
        await open(conversation.reference, conversation.peer)
    }

    /// A connection that the command line asks for.
    func connect(_ dial: Dial) async {
        do {
            try await node.connect(to: dial.address, expecting: dial.name)
        } catch {
            await notice([error.description], .warning)
        }
    }

    private func run(_ command: LineCommand, typed line: String) async throws {
        switch command {
        case .text, .nothing: break
        case .message(let name, let text): try await message(to: name, text, typed: line)
        case .quit: departure.request(.asked)
        default:
            await echo(line)
            try await runEchoed(command)
        }
    }

    private func runEchoed(_ command: LineCommand) async throws {
        switch command {
        case .help: await screen.show(help())
        case .nearby(let name): try await nearby(name)
        case .who: await screen.show(await whoTable())
        case .contacts: await screen.show(await contactTable())
        case .requests: await screen.show(await requestTable())
        case .connect(let dial):
            if !node.isSecure { dialled.insert(dial.address) }
            try await node.connect(to: dial.address, expecting: dial.name)
            await notice(["Connecting to \(dial.address)…"])
        case .trust(let file, let name, let replacing):
            let certificates = try CertificateText(file: Completer.expandingHome(file))
            let contacts = try await node.trust(
                certificatesIn: certificates.pem, name: name, replacing: replacing)
            for contact in contacts { await tellTrusted(contact) }
        case .accept(let request, let name):
            await tellTrusted(try await node.accept(request, name: name))
        case .reject(let request):
            try await node.reject(request)
            await refreshNames()
            await notice(["Rejected: it stays refused, and you will not hear of it again."])
        case .verify(let name): try await verify(name)
        case .presence(let state):
            // Away twice is back: the same key takes one away and home.
            isAway = state == .away && !isAway
            await node.setPresence(isAway ? .away : .online)
            await notice([isAway ? "You are away; /back ends it." : "You are back."])
            await markSeen()
        case .history(let request, let ids): try await history(request, ids: ids)
        case .search(let text): try await startSearch(text)
        case .forget(let name, let what): try await forget(name, what)
        case .retention(let name, let term): try await retention(name, term)
        case .resend: try await resend()
        case .receipts(let isOn): try await prefer(isOn, \.readReceipts)
        case .typing(let isOn): try await prefer(isOn, \.typing)
        case .text, .message, .nothing, .quit: break
        }
    }

    /// What was typed goes on standing there, or the answer would hang in the air.
    private func echo(_ line: String) async {
        guard screen.isInteractive else { return }
        let shown = SafeText.lines(line).joined(separator: " ")
        await screen.show(transcript.style.apply(.quiet, "> " + shown) + "\n")
    }

    func tellTrusted(_ contact: Contact) async {
        let name = SafeText.singleLine(contact.name, limit: 64)
        await notice(["You trust \(name) with the certificate", "\(contact.fingerprint)"])
        let peer = PeerDescription(contact)
        if current == nil { await open(reference(to: peer), peer) }
    }

    private func message(to name: String, _ text: String?, typed line: String) async throws {
        let conversation = try await find(name)
        guard let text else {
            await open(conversation.reference, conversation.peer)
            return
        }
        if current == nil { await open(conversation.reference, conversation.peer) }
        await say(text, to: conversation, typed: line)
    }

    func find(_ name: String) async throws(NodeFailure) -> Conversation {
        guard node.isSecure else {
            let address = PeerAddress(name)
            return Conversation(
                reference: name,
                peer: PeerDescription(name: name, fingerprint: nil, trust: nil, address: address))
        }
        let contact = try await node.contact(name)
        return Conversation(
            reference: contact.fingerprint.description,
            peer: PeerDescription(contact))
    }

    private func say(_ text: String, typed line: String? = nil) async {
        // What is pasted mostly ends in a line break that nobody means to send.
        let text = String(text.reversed().drop { $0.isNewline }.reversed())
        guard !text.isEmpty else { return }
        guard let current else {
            screen.putBack(line ?? text)
            await notice(
                [
                    "There is nobody to talk to yet: /msg NAME begins a conversation, /contacts "
                        + "lists whom you know."
                ], .warning)
            return
        }
        await say(text, to: current, typed: line ?? text)
    }

    private func say(_ text: String, to conversation: Conversation, typed line: String) async {
        let now = surroundings.now()
        let reference = outgoing.nextReference()
        let isThere = isThere(conversation.peer)
        outgoing.add(reference, to: conversation.peer, at: now, isTold: !isThere)
        do {
            try await node.send(text, to: conversation.reference, reference: reference)
            transcript.columns = screen.columns
            let name = transcript.shown(conversation.peer)
            await screen.show(
                transcript.outgoing(
                    text, to: conversation.peer, at: now,
                    note: isThere ? nil : "waits until \(name) is there"))
        } catch {
            outgoing.failed(reference)
            screen.putBack(line)
            await notice([error.description], .warning)
        }
    }
}
