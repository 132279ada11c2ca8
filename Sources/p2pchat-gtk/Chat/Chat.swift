#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The chat while it runs: takes the node's events, keeps what the window shows, and turns what the
/// user does into intents.
@GtkThread
final class Chat: Page {
    let root: Widget
    let node: Node
    let running: Running
    weak var app: App?
    let window: MainWindow
    let sidebar: Sidebar
    let pane: ConversationPane
    let content = Stack()
    let requestPane = RequestPane()
    let toast = Toast()
    let notifier: Notifier
    private let bridge = EventBridge()

    var settings: WindowSettings
    var list = ContactList()
    var statuses: [Fingerprint: ContactStatus] = [:]
    var summaries: [Fingerprint: ConversationSummary] = [:]
    var requests: [ContactRequest] = []
    var selected: ConversationID?
    /// Plain text keeps nothing on disk: its conversations are here, each within its bound.
    var plainTalks: [ConversationID: Transcript] = [:]
    /// Where a plain text conversation's messages go.
    var plainTargets: [ConversationID: String] = [:]
    /// What we have written and the node has not yet said a word of, by reference.
    var pending: [String: (id: ConversationID, text: String)] = [:]
    var references = 0
    var warnings = CertificateWarnings()
    var listening: PeerAddress?
    var transcript: Transcript
    /// Counts loads of a conversation, so that what arrives late is dropped.
    var load = 0
    var isLoadingOlder = false
    var preferences = Preferences()
    private var control: ControlServer?

    init(_ running: Running, app: App, window: MainWindow) {
        self.running = running
        self.app = app
        self.window = window
        node = running.node
        settings = running.settings
        transcript = Transcript(now: Clock.now)
        sidebar = Sidebar(userName: running.node.userName, isSecure: running.node.isSecure)
        pane = ConversationPane(isSecure: running.node.isSecure)
        notifier = Notifier(app)
        let empty = EmptyPane(isSecure: running.node.isSecure)
        content.add(empty.root, "empty")
        content.add(pane.root, "talk")
        content.add(requestPane.root, "request")
        let main = Overlay(content)
        main.add(toast.root)
        root = Paned(sidebar.root, main, position: 310)
        main.size(380)
        window.defaultSize = (Int32(settings.width), Int32(settings.height))
        window.title = node.isSecure ? node.userName : "\(node.userName) – plain text"
        empty.onAdd = { [weak self] in self?.showAdd() }
        empty.onCopy = { [weak self] in self?.copyOwnCertificate() }
        wire()
    }

    /// Nil keeps what is shown now.
    func show(page name: String) { if content.shown != name { content.show(name) } }

    func begin(connecting dials: [(name: String?, address: PeerAddress)]) {
        let bridge = bridge
        let node = node
        Task.detached { [weak self] in
            await bridge.run(node) { [weak self] events in self?.take(events) }
        }
        Task {
            await openControlSocket()
            preferences = await node.preferences
            await refreshContacts()
            for dial in dials {
                await attempt { [node] () async throws(NodeFailure) in
                    try await node.connect(to: dial.address, expecting: dial.name)
                }
            }
        }
    }

    func end(windowSize: (width: Int32, height: Int32)?) async {
        await control?.stop()
        await node.stop()
        if let store = running.store {
            if let windowSize {
                settings.width = Int(windowSize.width)
                settings.height = Int(windowSize.height)
            }
            // A size that can't be kept is no reason not to end.
            try? await store.setPreferences(settings.values)
            try? await store.close()
        }
        withExtendedLifetime(running.lock) {}
    }

    /// `p2pchat send` and its like talk to this window while it runs.
    private func openControlSocket() async {
        guard let folder = running.folder else { return }
        do {
            control = try await ControlServer.start(for: node, in: folder, log: .silent) {
                [weak self] act in await self?.take(act)
            }
        } catch {
            toast.say(
                "Other programs can't reach this chat: \(SafeText.singleLine("\(error)", limit: 300))"
            )
        }
    }

    /// What another program has done in the user's name.
    private func take(_ act: ControlAct) async {
        guard case .sent(let content, let contact, _) = act else { return await refreshContacts() }
        let id = ConversationID.contact(contact.fingerprint)
        list.note(id, text: content, isOurs: true, time: Clock.now())
        showList()
        if id == selected { reload() }
    }

    /// Carries an intent out, and says what was wrong where it fails.
    @discardableResult
    func attempt<Value: Sendable>(
        _ intent: @Sendable () async throws(NodeFailure) -> Value
    ) async -> Value? {
        do throws(NodeFailure) {
            return try await intent()
        } catch {
            if error.code != .stopping { toast.say(error.description) }
            return nil
        }
    }

    /// How the node is told whom is meant.
    func reference(_ id: ConversationID) -> String {
        switch id {
        case .contact(let fingerprint): fingerprint.description
        case .plain(let plain): plainTargets[id] ?? plain.name
        }
    }

    func refreshContacts() async {
        let contacts = await node.contacts()
        statuses = Dictionary(contacts.map { ($0.contact.fingerprint, $0) }) { first, _ in first }
        if node.isSecure {
            list.replace(contacts)
            requests = await node.pendingRequests()
            if let found = await attempt({ [node] () async throws(NodeFailure) in
                try await node.conversations()
            }) {
                summaries = Dictionary(found.map { ($0.contact, $0) }) { first, _ in first }
                list.fill(found)
            }
            fillLastSeen()
        }
        for fingerprint in warnings.blocked {
            list.change(.contact(fingerprint)) { $0.isBlocked = true }
        }
        if let selected, list[selected] == nil { deselect() }
        showList()
        showHeader()
    }

    private func fillLastSeen() {
        for fingerprint in statuses.keys {
            let name = Self.lastSeenName(fingerprint)
            guard let text = running.preferences[name], let time = Double(text) else { continue }
            list.change(.contact(fingerprint)) { $0.lastSeen = $0.lastSeen ?? time }
        }
    }

    static func lastSeenName(_ fingerprint: Fingerprint) -> String {
        "window.seen." + fingerprint.description.filter { $0 != ":" }.prefix(32)
    }

    func showList() {
        sidebar.show(list.items, selected: selected)
        sidebar.show(requests: requests)
        if content.shown == "empty" || selected != nil { return }
        if requestPane.fingerprint == nil { show(page: "empty") }
    }
}
#endif
