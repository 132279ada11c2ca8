import P2PChat

/// A chat in lines, from the first to the last: at a prompt where there is a terminal.
struct LineChat: Sendable {
    /// Bytes in a line from a pipe: a message's limit and some more, so that the error can say by
    /// how much it is too long.
    private static let lineLimit = 1 << 20

    private let node: Node
    private let chat: ChatOptions
    private let socket: ControlSocket
    private let surroundings: Surroundings

    init(
        _ node: Node, _ chat: ChatOptions, _ socket: ControlSocket, _ surroundings: Surroundings
    ) {
        self.node = node
        self.chat = chat
        self.socket = socket
        self.surroundings = surroundings
    }

    func run(_ signals: AsyncStream<Signals.Event>) async throws {
        do {
            // Before the screen is anybody's.
            if let name = chat.to, node.isSecure { _ = try await node.contact(name) }
        } catch {
            await node.stop()
            throw error
        }
        let departure = Departure()
        let completer = Completer()
        let editor =
            surroundings.inputIsTerminal && surroundings.outputIsTerminal
                && surroundings.terminalIsCapable
            ? LineEditor(prompt: "> ", complete: completer.complete) : nil
        let screen: any Screen
        if let editor {
            screen = EditorScreen(editor: editor)
        } else if let output = Output(surroundings) {
            screen = PlainScreen(output: output, departure: departure)
        } else {
            throw CommandFailure.outOfResources
        }
        let mode = LineMode(
            node, screen: screen, completer: completer, departure: departure,
            takesCommands: surroundings.inputIsTerminal || chat.to == nil, surroundings)
        if let editor, surroundings.errorsAreOnTerminal {
            surroundings.detour.lead(to: { line in editor.post(.show(line + "\n", nil)) })
        }
        await mode.begin()
        if let name = chat.to {
            try await mode.begin(with: name)
        } else {
            await mode.beginAlone()
        }
        let control = await socket.open(
            saying: { await mode.notice([$0], .warning) }, acted: { await mode.acted($0) })
        let events = Task {
            for await event in node.events { await mode.handle(event) }
            departure.request(.broken)
        }
        let others = [
            Task { await Self.follow(signals, editor, departure) },
            Task { await Self.clock(mode) },
        ]
        for dial in chat.connect { await mode.connect(dial) }
        if let editor {
            Task { await Self.follow(editor, mode, departure) }
        } else {
            try await readPlainly(mode, departure)
        }
        let reason = await departure.wait()
        Departure.startDeadline { editor?.giveBackTerminal() }
        await mode.stopWaiting()
        if case .endOfInput = reason { await node.settle() }
        let undelivered = await node.undelivered()
        await node.stop()
        await control?.stop()
        for task in others { task.cancel() }
        await events.value
        surroundings.detour.lead(to: nil)
        await editor?.stop()
        let isAllDelivered = await mode.isAllDelivered
        try report(undelivered, isError: editor == nil && !isAllDelivered)
    }

    private func readPlainly(_ mode: LineMode, _ departure: Departure) async throws {
        guard let input = StandardInput() else {
            throw CommandFailure.outOfResources
        }
        Task {
            await input.forEachLine(limit: Self.lineLimit) { line in
                await mode.enterPlainly(line)
                return !departure.isRequested
            }
            departure.request(.endOfInput)
        }
    }

    private static func follow(
        _ editor: LineEditor, _ mode: LineMode, _ departure: Departure
    ) async {
        for await input in editor.inputs {
            switch input {
            case .line(let line, let isAnswer): await mode.enter(line, isAnswer: isAnswer)
            case .typing(let isTyping): await mode.typed(isTyping)
            case .interrupt: await mode.interrupt()
            case .endOfFile: departure.request(.asked)
            }
        }
    }

    private static func follow(
        _ signals: AsyncStream<Signals.Event>, _ editor: LineEditor?, _ departure: Departure
    ) async {
        for await signal in signals {
            switch signal {
            case .leave: departure.request(.signal)
            case .suspend: if editor?.post(.suspend) != true { Signals.stop() }
            case .resumed: editor?.post(.resumed)
            case .resized: editor?.post(.resized)
            }
        }
    }

    private static func clock(_ mode: LineMode) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            await mode.tick()
        }
    }

    /// What was not delivered yet waits for the next run, or in plain text is lost: say so.
    ///
    /// - Parameter isError: whether somebody relies on the delivery of what this run took.
    private func report(
        _ undelivered: [(peer: PeerDescription, count: Int)], isError: Bool
    ) throws {
        guard !undelivered.isEmpty else { return }
        let list = undelivered.map { entry in
            let name = SafeText.singleLine(entry.peer.name, limit: 64)
            return entry.count == 1 ? "1 message to \(name)" : "\(entry.count) messages to \(name)"
        }
        let messages = list.joined(separator: ", ")
        let failure = CommandFailure(
            .temporary,
            node.isSecure
                ? "Not delivered yet: \(messages); what waits goes out when p2pchat runs again."
                : "Not delivered, and not kept: \(messages).")
        if isError || !node.isSecure { throw failure }
        surroundings.complain(failure.description)
    }
}
