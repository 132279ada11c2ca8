#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// One row of the list of contacts.
final class ContactRow: ListRow {
    let root: Widget
    private let avatar = Avatar()
    private let name = Label("", "heading").ellipsized()
    private let verified = Image(icon: "security-high-symbolic", size: 13).tooltip("Verified")
    private let blocked = Image(icon: "dialog-warning-symbolic", size: 14)
    private let time = Label("", "quiet", "small")
    private let preview = Label("", "quiet", "small").ellipsized()
    private let badge = Label("", "badge").centred()

    init() {
        let title = Box.row(spacing: 5, [name, verified])
        title.expand(horizontally: true)
        let first = Box.row(spacing: 8, [title, time])
        preview.expand(horizontally: true)
        let second = Box.row(spacing: 8, [preview, blocked, badge])
        let text = Box.column(spacing: 2, [first, second]).align(nil, GTK_ALIGN_CENTER)
        text.expand(horizontally: true)
        root = Box.row(spacing: 12, [avatar.root, text]).margin(
            top: 9, bottom: 9, start: 10, end: 10)
    }

    func show(_ item: ContactItem) {
        avatar.show(item)
        name.text = item.name
        verified.isVisible = item.trust == .verified
        blocked.isVisible = item.isBlocked
        let now = Clock.now()
        time.text = item.time.map { DayText.brief($0, now: now) } ?? ""
        preview.text = item.preview.isEmpty ? item.status(now: now) : item.preview
        badge.text = item.badge ?? ""
        badge.isVisible = item.badge != nil
    }

    func spoken(_ item: ContactItem) -> String { item.spoken(now: Clock.now()) }
}
#endif
