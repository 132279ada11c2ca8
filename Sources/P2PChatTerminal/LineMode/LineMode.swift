import P2PChat

/// Line mode: what happens becomes lines, what is typed becomes intents. One conversation is the
/// current one, and plain text goes to it.
actor LineMode {
    /// Whom plain text goes to.
    struct Conversation: Sendable {
        /// What the node finds the peer by.
        var reference: String
        var peer: PeerDescription
    }

    let node: Node
    let screen: any Screen
    let surroundings: Surroundings
    let completer: Completer
    let departure: Departure
    /// Whether a line may be a command. What is piped to somebody named by --to is all text,
    /// whatever it begins with.
    let takesCommands: Bool
    var transcript: Transcript
    var outgoing = Outgoing()
    /// Of what was written in this run.
    var isAllDelivered: Bool { outgoing.isEmpty }
    var current: Conversation?
    /// Those who wait for a conversation to begin.
    var waiters: [CheckedContinuation<Void, Never>] = []
    /// What each peer was last heard to be, by ``key(_:)``.
    var presence: [String: PresenceState] = [:]
    /// Where the person asked for a connection, in plain text.
    var dialled: Set<PeerAddress> = []
    var questions: [Question] = []
    var quiet = QuietRefusals()
    var isAway = false
    var shown = ShownMessages()
    /// When each peer was last heard to be writing, by ``key(_:)``.
    var writing: [String: Double] = [:]
    var searching: Task<Void, Never>?

    init(
        _ node: Node, screen: any Screen, completer: Completer, departure: Departure,
        takesCommands: Bool, _ surroundings: Surroundings
    ) {
        self.node = node
        self.screen = screen
        self.completer = completer
        self.departure = departure
        self.takesCommands = takesCommands
        self.surroundings = surroundings
        transcript = Transcript(
            userName: node.userName, isSecure: node.isSecure, style: surroundings.style,
            columns: screen.columns, now: surroundings.now(), localTime: surroundings.localTime)
    }

    /// The first lines.
    func begin() async {
        if let fingerprint = node.fingerprint {
            let name = SafeText.singleLine(node.userName, limit: 64)
            await notice(["You are \(name), with the certificate", "\(fingerprint)"])
        } else {
            await notice(
                [
                    "INSECURE: nothing here is encrypted, and nobody is who they say.",
                    "A name after ~ is only a claim.",
                ], .alarm)
        }
        if let proxy = node.configuration.proxy { await notice(await Self.about(proxy, node)) }
        await refreshNames()
        if screen.isInteractive {
            await hint()
            updatePrompt()
        }
    }

    private static func about(_ proxy: PeerAddress, _ node: Node) async -> [String] {
        let isReachable = await node.status().listening != nil
        return [
            "Every connection goes through the SOCKS5 proxy at \(proxy).",
            isReachable
                ? "Nobody finds you, and you listen where you said."
                : "Nobody finds you, and you do not listen: it is you who connects.",
        ]
    }

    private func hint() async {
        let requests = await node.pendingRequests().count
        if requests > 0 {
            let who = requests == 1 ? "1 request waits" : "\(requests) requests wait"
            await notice(["\(who) for your answer: /requests"])
        }
        let help = "/help says what you can do."
        let isAlone = await node.contacts().isEmpty
        if node.isSecure && isAlone {
            await notice([
                "You have no contacts yet. Swap certificates with a friend, then /trust FILE; "
                    + "or /connect HOST:PORT. \(help)"
            ])
        } else {
            await notice([help])
        }
    }

    /// Says something on the program's own account.
    func notice(_ lines: [String], _ emphasis: Style.Emphasis = .quiet) async {
        transcript.columns = screen.columns
        await screen.show(transcript.notice(lines, at: surroundings.now(), emphasis))
    }

    func updatePrompt() {
        guard screen.isInteractive else { return }
        if let question = questions.first {
            screen.setPrompt(transcript.style.apply(.warning, question.prompt) + " ")
            return
        }
        let style = transcript.style
        var prompt = node.isSecure ? "" : style.apply(.alarm, "INSECURE") + " "
        if let current {
            let name = SafeText.singleLine(transcript.shown(current.peer), limit: 24)
            prompt += style.name(name, of: current.peer)
            switch presence[key(current.peer)] {
            case .away?: prompt += style.apply(.quiet, " (away)")
            case .online?:
                if writing[key(current.peer)] != nil {
                    prompt += style.apply(.quiet, " (writing)")
                }
            case .offline?, nil:
                if node.isSecure { prompt += style.apply(.quiet, " (offline)") }
            }
        }
        screen.setPrompt(prompt + "> ")
    }

    func select(_ reference: String, _ peer: PeerDescription) {
        current = Conversation(reference: reference, peer: peer)
        updatePrompt()
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    /// Returns once there is somebody to talk to, or the program is about to end.
    func conversation() async {
        guard current == nil, !departure.isRequested else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    func stopWaiting() {
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    /// In plain text the name that a peer announced, or its address.
    func reference(to peer: PeerDescription) -> String {
        peer.fingerprint?.description ?? peer.name
    }

    func key(_ peer: PeerDescription) -> String {
        peer.fingerprint?.description ?? "~" + peer.name
    }

    /// As far as is known: in plain text nobody says that he leaves.
    func isThere(_ peer: PeerDescription) -> Bool {
        !node.isSecure || (presence[key(peer)] ?? .offline) != .offline
    }

    func refreshNames() async {
        if node.isSecure {
            completer.setContacts(await node.contacts().map(\.contact.name))
            completer.setRequests(await node.pendingRequests().map(\.name))
        } else {
            completer.setContacts(await node.plainPeersOnline().map(\.name))
        }
    }
}
