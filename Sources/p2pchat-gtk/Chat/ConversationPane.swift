#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// A conversation: its header, what was said, where to write.
@GtkThread
final class ConversationPane {
    let root: Widget
    let header: ConversationHeader
    var onSend: (@GtkThread (String) -> Void)?
    var onTyping: (@GtkThread (Bool) -> Void)?
    var onTop: (@GtkThread () -> Void)?
    var onNewest: (@GtkThread () -> Void)?
    var onSearch: (@GtkThread (String) -> Void)?
    var onFound: (@GtkThread (ChatEntry) -> Void)?
    var onKeepPin: (@GtkThread () -> Void)?
    var onResend: (@GtkThread (ChatEntry) -> Void)?
    var onLink: (@GtkThread (Link) -> Void)?

    private let model = ListModel<TranscriptRow>()
    private let view: ListView<MessageRow>
    private let scroll: ScrolledWindow
    private let adjustment: Adjustment
    private let composer = Composer()
    private let newest: Button
    private let searching = SearchPane()
    private let middle = Stack()
    private let blocked = Box.column(spacing: 10).classes("blocked")
    private var drafts: [ConversationID: String] = [:]
    private var isFollowing = true
    private var lastValue = 0.0
    /// The end of what is here is not the end of what was said.
    private var hasNewer = false

    init(isSecure: Bool) {
        let actions = MessageActions()
        header = ConversationHeader(isSecure: isSecure)
        view = ListView(model, selects: false) { MessageRow(actions) }
        view.classes("talk").accessible("Messages")
        view.margin(bottom: 8)
        scroll = ScrolledWindow(view)
        scroll.expand(horizontally: true, vertically: true)
        adjustment = scroll.adjustment
        var goDown: (@GtkThread () -> Void)?
        newest = Button("Jump to the _newest") { goDown?() }
        newest.classes("pill").align(GTK_ALIGN_CENTER, GTK_ALIGN_END).margin(bottom: 10)
        newest.isVisible = false
        let talk = Overlay(scroll)
        talk.add(newest)
        middle.add(talk, "talk")
        middle.add(searching.list, "found")
        middle.expand(horizontally: true, vertically: true)
        blocked.isVisible = false
        root = Box.column([
            header.root.classes("lined"), searching.bar, middle, blocked, composer.root,
        ])
        goDown = { [weak self] in
            self?.newest.isVisible = false
            self?.onNewest?()
        }
        actions.onLink = { [weak self] link in self?.onLink?(link) }
        actions.onResend = { [weak self] entry in self?.onResend?(entry) }
        composer.onSend = { [weak self] text in self?.onSend?(text) }
        composer.onTyping = { [weak self] isTyping in self?.onTyping?(isTyping) }
        wireSearch()
        adjustment.on("value-changed") { [weak self] in self?.scrolled() }
        adjustment.on("changed") { [weak self] in self?.follow() }
    }

    private func wireSearch() {
        header.search.on("toggled") { [weak self] in
            guard let self else { return }
            setSearching(header.search.isActive)
        }
        searching.onSearch = { [weak self] text in
            self?.middle.show(text.isEmpty ? "talk" : "found")
            self?.onSearch?(text)
        }
        searching.onClose = { [weak self] in self?.header.search.isActive = false }
        searching.onFound = { [weak self] entry in
            self?.header.search.isActive = false
            self?.onFound?(entry)
        }
    }

    private func setSearching(_ isOn: Bool) {
        searching.set(isOn)
        middle.show("talk")
        if !isOn { composer.focus() }
    }

    func toggleSearch() { header.search.isActive.toggle() }
    func showFound(_ entries: [ChatEntry]) { searching.show(entries) }

    // What was said

    /// Near enough to the end that what comes is followed.
    var isAtEnd: Bool { isFollowing && !hasNewer }

    func open(_ id: ConversationID) {
        composer.text = drafts[id] ?? ""
        newest.isVisible = false
        header.search.isActive = false
    }

    func replace(_ rows: [TranscriptRow], hasNewer: Bool = false) {
        self.hasNewer = hasNewer
        model.splice(at: 0, removing: model.count, inserting: rows)
        scrollToEnd()
    }

    func apply(_ splices: [Splice], hasNewer: Bool = false) {
        self.hasNewer = hasNewer
        let following = isFollowing
        for splice in splices {
            model.splice(at: splice.position, removing: splice.removed, inserting: splice.inserted)
        }
        if following { scrollToEnd() }
    }

    /// Older rows. The list holds its place by the row on top, which goes where that is the day's:
    /// a reader at the very top would stay there, and nothing would move that asks for more.
    func applyAbove(_ splices: [Splice], hasNewer: Bool) {
        let isAtTop = adjustment.value < 1
        apply(splices, hasNewer: hasNewer)
        guard isAtTop, let above = splices.first, above.inserted.count > above.removed else {
            return
        }
        view.scroll(to: above.inserted.count - above.removed)
    }

    func scrollToEnd() {
        isFollowing = true
        newest.isVisible = hasNewer
        guard model.count > 0 else { return }
        view.scroll(to: model.count - 1)
        follow()
    }

    func showNewestButton() { newest.isVisible = true }

    private func scrolled() {
        // Rows that turn out taller than they were taken for move the end away from the reader; only
        // going up leaves it.
        if adjustment.left < 60 {
            isFollowing = true
        } else if adjustment.value < lastValue - 1 {
            isFollowing = false
        }
        lastValue = adjustment.value
        if isAtEnd {
            newest.isVisible = false
        } else if adjustment.left > adjustment.page {
            newest.isVisible = true
        }
        if adjustment.value < adjustment.page * 0.75 { onTop?() }
    }

    /// Rows are measured as they come into sight, and the end moves with them.
    private func follow() {
        guard isFollowing, adjustment.left > 0 else { return }
        adjustment.value = adjustment.upper
        isFollowing = true
    }

    // Writing

    func focusComposer() { composer.focus() }

    func keepDraft(for id: ConversationID?) {
        guard let id else { return }
        drafts[id] = composer.text.isEmpty ? nil : composer.text
    }

    func restore(_ text: String, for id: ConversationID) {
        if composer.text.isEmpty { composer.text = text } else { drafts[id] = text }
    }

    // A changed certificate

    /// In place of the composer. There is no button here that takes the other certificate: that
    /// is done by hand, after asking the person.
    func block(_ refusal: Refusal) {
        blocked.removeAll()
        let name = refusal.contact.map { SafeText.singleLine($0.name, limit: 64) } ?? "your contact"
        blocked.append(
            Box.row(
                spacing: 10,
                [
                    Image(icon: "security-low-symbolic", size: 22),
                    Label("The certificate of \(name) is not the one you know", "title-2")
                        .wrapping(),
                ]))
        blocked.append(
            Label(
                "Somebody else may be posing as \(name), or \(name) has made a new identity. The "
                    + "connection was refused, and nothing was sent."
            ).wrapping())
        if let pinned = refusal.contact?.fingerprint {
            blocked.append(Self.fingerprint("You know", pinned))
        }
        if let shown = refusal.fingerprint {
            blocked.append(Self.fingerprint("Shown now", shown))
        }
        blocked.append(
            Label(
                "Ask \(name) in another way, by voice or in person. If they do have a new "
                    + "certificate, remove this contact and add them anew with the file that they "
                    + "give you.", "quiet"
            ).wrapping())
        blocked.append(
            Button("_Keep the certificate that I know") { [weak self] in self?.onKeepPin?() }
                .align(GTK_ALIGN_START))
        blocked.accessible("The certificate of \(name) has changed")
        blocked.isVisible = true
        composer.root.isVisible = false
    }

    func unblock() {
        blocked.isVisible = false
        composer.root.isVisible = true
    }

    private static func fingerprint(_ title: String, _ value: Fingerprint) -> Widget {
        Box.column([
            Label(title, "heading", "small"),
            Label.fingerprint(value).classes("small"),
        ])
    }
}
#endif
