#if Desktop
import ChatDesktopModel
import P2PChat

/// Conversations: choosing one, reading on and back, writing.
extension Chat {
    static let page = 80

    func wire() {
        sidebar.onSelect = { [weak self] id in self?.select(id) }
        sidebar.onRequest = { [weak self] request in self?.show(request) }
        sidebar.onAdd = { [weak self] in self?.showAdd() }
        sidebar.onAway = { [weak self] isAway in
            guard let node = self?.node else { return }
            Task { await node.setPresence(isAway ? .away : .online) }
        }
        pane.onSend = { [weak self] text in self?.send(text) }
        pane.onTyping = { [weak self] isTyping in self?.typing(isTyping) }
        pane.onTop = { [weak self] in self?.loadOlder() }
        pane.onNewest = { [weak self] in self?.reload() }
        pane.onSearch = { [weak self] text in self?.search(text) }
        pane.onFound = { [weak self] entry in self?.jump(to: entry) }
        pane.onKeepPin = { [weak self] in self?.keepPin() }
        pane.onResend = { [weak self] entry in self?.resend(entry) }
        pane.onLink = { [weak self] link in
            guard let self else { return }
            LinkDialog(link, over: window).present()
        }
        if node.isSecure { window.onFile { [weak self] path in self?.showAdd(file: path) } }
        window.onNotify("is-active") { [weak self] in self?.markRead() }
        requestPane.onAccept = { [weak self] request, name in self?.accept(request, name) }
        requestPane.onReject = { [weak self] request in self?.reject(request) }
    }

    func select(_ id: ConversationID?) {
        guard id != selected else { return }
        keepPlainTalk()
        pane.keepDraft(for: selected)
        guard let id else { return deselect() }
        selected = id
        requestPane.fingerprint = nil
        show(page: "talk")
        pane.open(id)
        showHeader()
        if let fingerprint = id.fingerprint, let warning = warnings[fingerprint] {
            pane.block(warning)
        } else {
            pane.unblock()
        }
        sidebar.show(list.items, selected: id)
        if node.isSecure {
            reload()
        } else {
            load += 1
            transcript = plainTalks[id] ?? Transcript(now: Clock.now)
            pane.replace(transcript.rows)
            markRead()
        }
        pane.focusComposer()
    }

    func deselect() {
        selected = nil
        sidebar.show(list.items, selected: nil)
        if requestPane.fingerprint == nil { show(page: "empty") }
    }

    private func keepPlainTalk() {
        if let selected, !node.isSecure { plainTalks[selected] = transcript }
    }

    /// The newest page in place of what is shown.
    func reload() {
        guard let selected, node.isSecure else { return pane.scrollToEnd() }
        load += 1
        let number = load
        let peer = reference(selected)
        let unread = list[selected]?.unread ?? 0
        Task {
            let page = await attempt { [node] () async throws(NodeFailure) in
                try await node.history(with: peer, limit: max(Self.page, min(unread + 20, 400)))
            }
            guard let page, number == load else { return }
            var fresh = Transcript(now: Clock.now)
            _ = fresh.show(
                page.messages.map(ChatEntry.init), hasOlder: page.hasOlder, unread: unread)
            transcript = fresh
            pane.replace(fresh.rows)
            markRead()
        }
    }

    func append(_ entries: [ChatEntry]) {
        let following = pane.isAtEnd || !node.isSecure
        let splices = transcript.append(entries, following: following)
        pane.apply(splices, hasNewer: transcript.hasNewer)
        if !pane.isAtEnd || transcript.hasNewer { pane.showNewestButton() }
        markRead()
    }

    func loadOlder() {
        guard let selected, node.isSecure, transcript.hasOlder, !isLoadingOlder,
            let oldest = transcript.oldest?.position
        else { return }
        isLoadingOlder = true
        let number = load
        let peer = reference(selected)
        Task {
            defer { isLoadingOlder = false }
            let page = await attempt { [node] () async throws(NodeFailure) in
                try await node.history(with: peer, before: oldest, limit: Self.page)
            }
            guard let page, number == load else { return }
            pane.applyAbove(
                transcript.prepend(page.messages.map(ChatEntry.init), hasOlder: page.hasOlder),
                hasNewer: transcript.hasNewer)
            if transcript.hasNewer { pane.showNewestButton() }
        }
    }

    /// What is in sight in a window that has the focus has been read.
    func markRead() {
        guard let selected, window.isActive else { return }
        list.change(selected) { $0.unread = 0 }
        sidebar.show(list.items, selected: selected)
        notifier.withdraw(selected)
        guard node.isSecure,
            let position = transcript.entries.reduce(
                nil as Int64?,
                { newest, entry in
                    entry.isOurs ? newest : entry.position ?? newest
                })
        else { return }
        let peer = reference(selected)
        Task.detached { [node] in
            // Read receipts are a courtesy; what fails here is tried with the next message.
            try? await node.markRead(with: peer, upTo: position)
        }
    }

    func send(_ text: String) {
        guard let selected else { return }
        references += 1
        let reference = "window-\(references)"
        pending[reference] = (selected, text)
        let peer = self.reference(selected)
        Task {
            let id = await attempt { [node] () async throws(NodeFailure) in
                try await node.send(text, to: peer, reference: reference)
            }
            // Nothing is lost: what could not be sent stands in the composer again.
            if id == nil {
                pending[reference] = nil
                pane.restore(text, for: selected)
            }
        }
    }

    func resend(_ entry: ChatEntry) {
        guard let selected else { return }
        let peer = reference(selected)
        Task {
            let done: Void? = await attempt { [node] () async throws(NodeFailure) in
                try await node.resend(entry.id, to: peer)
            }
            if done != nil, let splice = transcript.mark(entry.id, .queued) { show(splice) }
        }
    }

    private func typing(_ isTyping: Bool) {
        guard let selected, preferences.typing, node.isSecure else { return }
        let peer = reference(selected)
        Task { await node.setTyping(isTyping, to: peer) }
    }

    private func search(_ text: String) {
        guard let fingerprint = selected?.fingerprint, !text.isEmpty else {
            return pane.showFound([])
        }
        load += 1
        let number = load
        Task {
            let found = await Self.find(text, with: fingerprint, node)
            guard number == load else { return }
            switch found {
            case .success(let messages): pane.showFound(messages.map(ChatEntry.init))
            case .failure(let failure): toast.say(failure.description)
            }
        }
    }

    private nonisolated static func find(
        _ text: String, with fingerprint: Fingerprint, _ node: Node
    ) async -> Result<[StoredMessage], NodeFailure> {
        let matches = FoundMessages()
        do {
            try await node.scan(
                MessageSelection(
                    contact: fingerprint, order: .newestFirst, query: TextQuery(text))
            ) { page, _ in matches.add(page) }
            return .success(matches.all)
        } catch let failure as NodeFailure {
            return .failure(failure)
        } catch {
            return .failure(NodeFailure(.storage, SafeText.singleLine("\(error)", limit: 300)))
        }
    }

    /// The page around a message that was found.
    private func jump(to entry: ChatEntry) {
        guard let selected, let position = entry.position else { return }
        load += 1
        let number = load
        let peer = reference(selected)
        Task {
            let page = await attempt { [node] () async throws(NodeFailure) in
                try await node.history(with: peer, before: position + 1, limit: Self.page)
            }
            guard let page, number == load else { return }
            var fresh = Transcript(now: Clock.now)
            _ = fresh.show(
                page.messages.map(ChatEntry.init), hasOlder: page.hasOlder, hasNewer: true)
            transcript = fresh
            pane.replace(fresh.rows, hasNewer: true)
        }
    }
}
#endif
