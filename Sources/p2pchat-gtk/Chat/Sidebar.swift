#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The left side: ourselves, requests, contacts.
@GtkThread
final class Sidebar {
    let root: Widget
    var onSelect: (@GtkThread (ConversationID?) -> Void)?
    var onRequest: (@GtkThread (ContactRequest) -> Void)?
    var onAdd: (@GtkThread () -> Void)?
    var onAway: (@GtkThread (Bool) -> Void)?

    private let model = ListModel<ContactItem>()
    private let view: ListView<ContactRow>
    private let requestBox = Box.column(spacing: 4).margin(top: 4, bottom: 6, start: 8, end: 8)
    private let status = Label("Starting…", "quiet", "small").centred().ellipsized()
    private let empty: Label
    private var shown: [ContactItem] = []
    private var isUpdating = false
    private var requests: [ContactRequest] = []

    init(userName: String, isSecure: Bool) {
        view = ListView(model, selects: true) { ContactRow() }
        view.classes("people").accessible(isSecure ? "Contacts" : "People in plain text")
        empty = Label(
            isSecure ? "Nobody yet. Add a friend with their certificate." : "Nobody yet.", "quiet"
        ).centred().wrapping()
        empty.margin(all: 24)
        let title = Box.column([
            Label(userName, "heading").centred().ellipsized(), status,
        ]).align(nil, GTK_ALIGN_CENTER)
        let header = HeaderBar(title: title)
        header.showButtons(false)
        let list = ScrolledWindow(view).expand(vertically: true)
        root = Box.column([header, requestBox, empty, list]).classes("side").size(250)
        header.start(
            Button(icon: "list-add-symbolic", isSecure ? "Add a person" : "Call an address") {
                [weak self] in self?.onAdd?()
            })
        let away = ToggleButton(icon: "weather-clear-night-symbolic", "Away")
        away.on("toggled") { [weak self, weak away] in
            if let away { self?.onAway?(away.isActive) }
        }
        header.end(MenuButton(icon: "open-menu-symbolic", "Menu", menu: Actions.menu(isSecure)))
        header.end(away)
        view.onSelection { [weak self] in self?.selectionChanged() }
    }

    func show(listening address: PeerAddress) {
        let isEverywhere = ["::", "0.0.0.0"].contains(address.host)
        let host = isEverywhere ? LocalAddress.likely ?? "this machine" : address.host
        status.text = PeerAddress(host: host, port: address.port).description
        status.tooltip("Others reach you at this address")
        status.accessible("Listening at \(status.text)")
    }

    /// Replaces what differs, so that rows keep their place.
    func show(_ items: [ContactItem], selected: ConversationID?) {
        isUpdating = true
        defer { isUpdating = false }
        if items != shown {
            let start = zip(items, shown).prefix { $0 == $1 }.count
            let end = zip(items[start...].reversed(), shown[start...].reversed())
                .prefix { $0 == $1 }.count
            model.splice(
                at: start, removing: shown.count - start - end,
                inserting: Array(items[start..<(items.count - end)]))
            shown = items
        }
        empty.isVisible = items.isEmpty && requests.isEmpty
        let index = selected.flatMap { id in items.firstIndex { $0.id == id } }
        if view.selected != index { view.selected = index }
    }

    func show(requests: [ContactRequest]) {
        guard requests != self.requests else { return }
        self.requests = requests
        empty.isVisible = shown.isEmpty && requests.isEmpty
        requestBox.removeAll()
        requestBox.isVisible = !requests.isEmpty
        if !requests.isEmpty {
            requestBox.append(
                Label(
                    requests.count == 1 ? "Request" : "\(requests.count) requests", "quiet", "small"
                )
                .margin(start: 8))
        }
        for request in requests.prefix(20) {
            let name = SafeText.singleLine(request.name, limit: 64)
            let text = Box.column([
                Label(name, "heading").ellipsized(),
                Label("Wants to talk with you", "quiet", "small").ellipsized(),
            ])
            let row = Button(
                child: Box.row(
                    spacing: 12, [Image(icon: "avatar-default-symbolic", size: 24), text])
            ) { [weak self] in self?.onRequest?(request) }
            requestBox.append(row.accessible("Request from \(name)"))
        }
    }

    private func selectionChanged() {
        guard !isUpdating else { return }
        onSelect?(view.selected.flatMap { shown.indices.contains($0) ? shown[$0].id : nil })
    }

    /// For the keyboard: the one above or below.
    func move(by step: Int) {
        guard !shown.isEmpty else { return }
        let next = (view.selected ?? (step > 0 ? -1 : shown.count)) + step
        view.selected = min(max(next, 0), shown.count - 1)
    }

    func focus() { view.focus() }
}
#endif
