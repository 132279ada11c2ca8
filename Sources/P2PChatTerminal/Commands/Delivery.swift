import P2PChat

/// Sends one message from a node of its own, and waits until it is delivered. With TLS what takes
/// longer stays queued.
struct Delivery: Sendable {
    let content: String
    let peer: String
    let dial: Dial?
    let json: Bool
    let surroundings: Surroundings

    init(content: String, to peer: String, dial: Dial?, json: Bool, _ surroundings: Surroundings) {
        self.content = content
        self.peer = peer
        self.dial = dial
        self.json = json
        self.surroundings = surroundings
    }

    private enum Outcome: Sendable {
        case delivered
        case failed(CommandFailure)
        case timeout
    }

    /// - Parameter wait: seconds.
    func run(_ setup: Setup, wait: Double) async throws {
        let node = try await Node.start(setup.configuration)
        defer { withExtendedLifetime(setup.lock) {} }
        let progress = Progress()
        let events = JSONEvents(
            userName: setup.userName, fingerprint: setup.fingerprint,
            proxy: setup.configuration.proxy)
        let outcome: Outcome
        do {
            let id = try await begin(on: node)
            outcome = await withTaskGroup(of: Outcome?.self) { group in
                group.addTask { await watch(node, id, events, progress) }
                group.addTask {
                    try? await Task.sleep(for: .seconds(wait))
                    return .timeout
                }
                defer { group.cancelAll() }
                while let outcome = await group.next() {
                    if let outcome {
                        // Ends the events, and with them the task that waits for them.
                        await node.stop()
                        return outcome
                    }
                }
                return .timeout
            }
        } catch {
            await node.stop()
            throw error
        }
        try await setup.store?.close()
        switch outcome {
        case .delivered: return
        case .failed(let failure): throw failure
        case .timeout: throw await late(progress, wait, isQueued: node.isSecure)
        }
    }

    private func begin(on node: Node) async throws -> MessageID {
        if node.isSecure {
            _ = try await node.contact(peer)
            if let dial {
                try await node.connect(to: dial.address, expecting: dial.name ?? peer)
            }
        }
        return try await node.send(content, to: peer, reference: nil)
    }

    private func watch(
        _ node: Node, _ id: MessageID, _ events: JSONEvents, _ progress: Progress
    ) async -> Outcome? {
        for await event in node.events {
            if json, let line = events.line(for: event, at: surroundings.now()) {
                surroundings.print(line)
            }
            switch event {
            case .delivered(let status) where status.id == id: return .delivered
            case .refused(let refusal):
                await progress.note(refusal.explanation)
                if Self.isFinal(refusal.reason) {
                    let queued = node.isSecure ? " The message stays queued." : ""
                    return .failed(CommandFailure(.noPermission, refusal.explanation + queued))
                }
            case .failure(let failure):
                await progress.note(failure.description)
                if failure.code == .unconfirmed { return .failed(CommandFailure(failure)) }
                if !node.isSecure { return .failed(CommandFailure(failure)) }
            default: break
            }
        }
        return nil
    }

    private func late(
        _ progress: Progress, _ wait: Double, isQueued: Bool
    ) async -> CommandFailure {
        let reason = await progress.last.map { " (\($0))" } ?? ""
        let name = SafeText.singleLine(peer, limit: 80)
        return CommandFailure(
            .temporary,
            isQueued
                ? "\(name) did not confirm the message within \(Self.shown(wait)) s, and it is queued: it "
                    + "will be sent when p2pchat runs.\(reason)"
                : "\(name) was not reached within \(Self.shown(wait)) s, and the message is not kept: send "
                    + "it again later.\(reason)")
    }

    /// Whether waiting is in vain after a refusal.
    static func isFinal(_ reason: Refusal.Reason) -> Bool {
        switch reason {
        case .changedCertificate, .wrongContact, .refusedByPeer, .notAsked, .ourselves: true
        default: false
        }
    }

    static func shown(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
    }

    /// What is last known of why it takes so long.
    private actor Progress {
        var last: String?
        func note(_ text: String) { last = text }
    }
}
