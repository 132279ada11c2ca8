#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// What the rows of a conversation can be asked for.
@GtkThread
final class MessageActions {
    var onLink: (@GtkThread (Link) -> Void)?
    var onResend: (@GtkThread (ChatEntry) -> Void)?
}

/// One row of a conversation: a message in its bubble, a day, a notice.
final class MessageRow: ListRow {
    let root: Widget
    private let column = Box.column()
    private let line = Label().centred().wrapping()
    private let text = Label().wrapping(maxCharacters: 64).selectable()
    private let stamp = Label("", "stamp").align(GTK_ALIGN_END, GTK_ALIGN_END)
    private let mark = Image(icon: "content-loading-symbolic", size: 13).align(
        GTK_ALIGN_END, GTK_ALIGN_END)
    private let nickname = Label("", "quiet", "small").ellipsized()
    private let links = Box.column(spacing: 2)
    private let resend: Button
    private let bubble: Box
    private let actions: MessageActions
    private var entry: ChatEntry?

    init(_ actions: MessageActions) {
        self.actions = actions
        var again: (@GtkThread () -> Void)?
        resend = Button("Send again") { again?() }.classes("link", "small")
        let foot = Box.row(spacing: 4, [stamp, mark]).align(GTK_ALIGN_END)
        bubble = Box.column(spacing: 2, [nickname, text, links, foot]).classes("bubble")
        column.append(line)
        column.append(bubble)
        column.append(resend)
        column.margin(start: 18, end: 18)
        root = column
        again = { [weak self] in
            guard let self, let entry else { return }
            self.actions.onResend?(entry)
        }
    }

    func show(_ row: TranscriptRow) {
        if case .message(let entry, let continues) = row {
            show(entry, continues: continues)
            return
        }
        entry = nil
        bubble.isVisible = false
        resend.isVisible = false
        line.isVisible = true
        for name in ["day", "unread", "notice"] { line.setClass(name, false) }
        line.text = spoken(row)
        switch row {
        case .day: line.classes("day")
        case .unread: line.classes("unread")
        case .notice, .message: line.classes("notice")
        }
    }

    private func show(_ entry: ChatEntry, continues: Bool) {
        self.entry = entry
        line.isVisible = false
        bubble.isVisible = true
        text.text = entry.text
        text.underline(entry.links.map(\.range))
        bubble.setClass("ours", entry.isOurs)
        bubble.setClass("theirs", !entry.isOurs)
        bubble.setClass("damaged", entry.isDamaged)
        bubble.setClass("first", !continues)
        bubble.align(entry.isOurs ? GTK_ALIGN_END : GTK_ALIGN_START)
        bubble.margin(
            top: continues ? 2 : 9, bottom: 1, start: entry.isOurs ? 64 : 0,
            end: entry.isOurs ? 0 : 64)
        nickname.isVisible = entry.nickname != nil
        nickname.text = entry.nickname.map { "calls themselves \($0)" } ?? ""
        stamp.text = stampText(entry)
        stamp.tooltip(tooltip(entry))
        show(entry.mark)
        showLinks(entry.links)
        resend.isVisible = entry.mark == .unconfirmed && entry.position != nil
        resend.align(GTK_ALIGN_END)
    }

    private func show(_ state: DeliveryMark?) {
        mark.isVisible = state != nil
        guard let state else { return }
        mark.icon =
            switch state {
            case .queued: "content-loading-symbolic"
            case .sent: "mail-send-symbolic"
            case .delivered: "object-select-symbolic"
            case .read: "view-reveal-symbolic"
            case .unconfirmed: "dialog-question-symbolic"
            }
        mark.tooltip(state.words)
    }

    private func showLinks(_ found: [Link]) {
        links.removeAll()
        links.isVisible = !found.isEmpty
        for link in found {
            let name = SafeText.singleLine(link.host, limit: 60)
            let label = Label("Open \(name)…").ellipsized()
            let button = Button(child: label) { [weak self] in self?.actions.onLink?(link) }
            button.classes("link", "small").align(GTK_ALIGN_START)
            button.accessible("Open the link to \(name)")
            links.append(button)
        }
    }

    private func stampText(_ entry: ChatEntry) -> String {
        let clock = DayText.clock(entry.time)
        guard let claimed = entry.claimedTime else { return clock }
        return "\(clock) · their clock says \(DayText.brief(claimed, now: Clock.now()))"
    }

    private func tooltip(_ entry: ChatEntry) -> String {
        let day = DayText.day(of: entry.time, now: Clock.now())
        return "\(day), \(DayText.clock(entry.time))"
    }

    func spoken(_ row: TranscriptRow) -> String {
        switch row {
        case .day(let day): return day
        case .unread: return "New messages"
        case .notice(let text): return text
        case .message(let entry, _):
            let who = entry.isOurs ? "You" : "They"
            let state = entry.mark.map { ", \($0.words)" } ?? ""
            return "\(who), \(stampText(entry))\(state): \(entry.text)"
        }
    }
}
#endif
