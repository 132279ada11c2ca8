#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Who on the local network lets everybody know of them.
@GtkThread
final class NearbyList {
    let root: Widget
    var onChoose: (@GtkThread (Neighbour) -> Void)?
    private let list = Box.column(spacing: 4)
    private let nobody = Label(
        "Nobody on this network lets everybody see them. Your friend can, in the preferences.",
        "quiet", "small"
    ).wrapping(maxCharacters: 56)
    private var shown: [Row] = []

    /// What a row shows; when somebody was heard of last is no reason to show them anew.
    private struct Row: Equatable {
        var fingerprint: Fingerprint
        var name: String
        var place: String
        var isContact: Bool
    }

    init() {
        root = Box.column(spacing: 6, [Label("Nearby", "heading", "small"), nobody, list])
    }

    func show(_ neighbours: [Neighbour], contacts: Set<Fingerprint>) {
        let rows = neighbours.map { neighbour in
            Row(
                fingerprint: neighbour.fingerprint,
                name: SafeText.singleLine(neighbour.name, limit: 64),
                place: neighbour.addresses.first.map {
                    SafeText.singleLine($0.description, limit: 80)
                } ?? "",
                isContact: contacts.contains(neighbour.fingerprint))
        }
        guard rows != shown else { return }
        shown = rows
        nobody.isVisible = rows.isEmpty
        list.removeAll()
        for (row, neighbour) in zip(rows, neighbours) { list.append(widget(row, neighbour)) }
    }

    private func widget(_ row: Row, _ neighbour: Neighbour) -> Widget {
        let words = row.isContact ? "\(row.place), a contact already" : row.place
        let text = Box.column([
            Label(row.name, "heading").ellipsized(), Label(words, "quiet", "small").ellipsized(),
        ])
        let button = Button(
            child: Box.row(
                spacing: 12, [Image(icon: "avatar-default-symbolic", size: 24), text])
        ) { [weak self] in self?.onChoose?(neighbour) }
        button.isSensitive = !row.isContact
        return button.accessible("Nearby: \(row.name), \(words)")
    }
}

/// Asks before somebody nearby is trusted and sent a request.
final class NeighbourDialog: Window {
    /// Their name with us; nil for the certificate's.
    var onSend: (@GtkThread (String?) -> Void)?
    private let name = Entry()
    private let complaint = Label("", "bad").wrapping()

    init(_ neighbour: Neighbour, over parent: Window) {
        super.init(over: parent, title: "Send a request", width: 460)
        classes("sheet")
        let shown = SafeText.singleLine(neighbour.name, limit: 64)
        let content = Box.column(spacing: 14).margin(top: 4, bottom: 22, start: 24, end: 24)
        content.append(Label("Somebody nearby goes by \(shown)", "title-2").wrapping())
        content.append(
            Label(
                "Anybody on this network can take that name. Compare the fingerprint with your "
                    + "friend by another way, such as your voice.", "quiet"
            ).wrapping(maxCharacters: 52))
        content.append(
            Box.column(
                spacing: 5,
                [
                    Label("Fingerprint", "heading", "small"),
                    Label.fingerprint(neighbour.fingerprint),
                ]
            ).classes("card"))
        name.text = (try? UserName(shown))?.text ?? ""
        content.append(labelled("Call them", name))
        complaint.isVisible = false
        content.append(complaint)
        let cancel = Button("_Cancel") { [weak self] in self?.close() }.classes("pill")
        let send = Button("_Send a request") { [weak self] in self?.send() }
        content.append(
            Box.row(spacing: 10, [cancel, send.classes("suggested-action", "pill")])
                .align(GTK_ALIGN_CENTER))
        setTitlebar(HeaderBar())
        setChild(content)
        name.onActivate { [weak self] in self?.send() }
        cancel.focus()
    }

    private func send() {
        let text = name.text.trimmingBlanks
        onSend?(text.isEmpty ? nil : text)
    }

    func complain(_ sentence: String) {
        complaint.text = sentence
        complaint.isVisible = true
    }
}
#endif
