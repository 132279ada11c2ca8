#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Looking for words in a conversation.
@GtkThread
final class SearchPane {
    let bar: Revealer
    let list: Widget
    var onSearch: (@GtkThread (String) -> Void)?
    var onClose: (@GtkThread () -> Void)?
    var onFound: (@GtkThread (ChatEntry) -> Void)?
    private let entry = Entry(.search, placeholder: "Search in this conversation")
    private let result = Label("", "quiet", "small").centred().margin(top: 10, bottom: 6)
    private let model = ListModel<ChatEntry>()
    private var shown: [ChatEntry] = []

    init() {
        entry.accessible("Search in this conversation").expand(horizontally: true)
        bar = Revealer(
            Box.row([entry]).margin(top: 8, bottom: 4, start: 16, end: 16))
        let view = ListView(model, selects: true) { FoundRow() }
        view.classes("found").accessible("Messages found")
        gtk_list_view_set_single_click_activate(view.opaque, 1)
        list = Box.column([
            result, ScrolledWindow(view).expand(horizontally: true, vertically: true),
        ])
        bar.isVisible = false
        entry.on("search-changed") { [weak self] in
            guard let self else { return }
            onSearch?(entry.text)
        }
        entry.on("stop-search") { [weak self] in self?.onClose?() }
        view.on(unsigned: "activate") { [weak self] position in
            guard let self, shown.indices.contains(Int(position)) else { return }
            onFound?(shown[Int(position)])
        }
    }

    var isOn: Bool { bar.isRevealed }

    func set(_ isOn: Bool) {
        bar.isVisible = isOn
        bar.isRevealed = isOn
        if isOn {
            entry.focus()
        } else {
            entry.text = ""
        }
    }

    func show(_ entries: [ChatEntry]) {
        model.splice(at: 0, removing: shown.count, inserting: entries)
        shown = entries
        result.text =
            entries.isEmpty
            ? "Nothing found" : entries.count == 1 ? "1 message" : "\(entries.count) messages"
    }
}

/// A message that was found.
final class FoundRow: ListRow {
    let root: Widget
    private let who = Label("", "heading", "small")
    private let time = Label("", "quiet", "small")
    private let text = Label().ellipsized()

    init() {
        let first = Box.row(spacing: 8, [who.expand(horizontally: true), time])
        root = Box.column(spacing: 2, [first, text]).margin(
            top: 7, bottom: 7, start: 12, end: 12)
    }

    func show(_ entry: ChatEntry) {
        who.text = entry.isOurs ? "You" : "They"
        let now = Clock.now()
        time.text = "\(DayText.day(of: entry.time, now: now)), \(DayText.clock(entry.time))"
        text.text = ContactItem.preview(of: entry.text, isOurs: false)
    }

    func spoken(_ entry: ChatEntry) -> String {
        "\(entry.isOurs ? "You" : "They"), \(DayText.clock(entry.time)): \(entry.text)"
    }
}
#endif
