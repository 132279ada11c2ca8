#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// What can be done about a contact: another name, how long messages are kept, forgetting.
final class ContactDialog: Window {
    var onSave: (@GtkThread (String, Double?) -> Void)?
    var onForget: (@GtkThread () -> Void)?
    var onRemove: (@GtkThread () -> Void)?
    private static let periods: [(words: String, seconds: Double?)] = [
        ("For ever", nil), ("For a year", 365 * 86_400), ("For 30 days", 30 * 86_400),
        ("For a week", 7 * 86_400), ("For a day", 86_400),
    ]
    private let name = Entry()
    private let period: DropDown
    private let complaint = Label("", "bad").wrapping()
    private let retention: Double?

    init(_ contact: Contact, retention: Double?, over parent: Window) {
        self.retention = retention
        period = DropDown(Self.periods.map(\.words) + ["As set elsewhere"])
        super.init(over: parent, title: "Contact", width: 460)
        classes("sheet")
        let content = Box.column(spacing: 14).margin(top: 6, bottom: 22, start: 24, end: 24)
        name.text = contact.name
        period.selected =
            Self.periods.firstIndex { $0.seconds == retention } ?? Self.periods.count
        content.append(labelled("Name", name))
        content.append(labelled("Keep messages", period))
        var facts: [Widget] = [
            Label("Fingerprint", "heading", "small"),
            Label.fingerprint(contact.fingerprint).classes("small"),
        ]
        if let own = contact.certificateName {
            facts.append(
                Label(
                    "In the certificate: \(SafeText.singleLine(own, limit: 64))", "quiet", "small"
                ).wrapping())
        }
        if !contact.knownAddresses.isEmpty {
            facts.append(Label("Addresses", "heading", "small"))
            for known in contact.knownAddresses.prefix(4) {
                facts.append(Label(Self.line(known), "quiet", "small").wrapping().selectable())
            }
        }
        content.append(Box.column(spacing: 5, facts).classes("card"))
        complaint.isVisible = false
        content.append(complaint)
        addDangers(to: content, SafeText.singleLine(contact.name, limit: 64))
        let bar = HeaderBar()
        bar.showButtons(false)
        bar.start(Button("_Cancel") { [weak self] in self?.close() })
        let save = Button("_Save") { [weak self] in self?.save() }.classes("suggested-action")
        bar.end(save)
        setTitlebar(bar)
        setChild(content)
        setDefault(save)
        name.onActivate { [weak self] in self?.save() }
    }

    private static func line(_ known: KnownAddress) -> String {
        let worked = known.workedAt.map {
            ", last worked \(DayText.day(of: $0, now: Clock.now()).lowercased()) at "
                + DayText.clock($0)
        }
        return SafeText.singleLine(
            "\(known.address), \(known.origin.words)\(worked ?? "")", limit: 200)
    }

    /// Each asks once more, in its own place.
    private func addDangers(to content: Box, _ name: String) {
        let forget = ConfirmButton(
            "_Forget the conversation", "Really forget every message?"
        ) { [weak self] in
            self?.onForget?()
        }
        let remove = ConfirmButton("_Remove \(name)", "Really remove \(name)?") { [weak self] in
            self?.onRemove?()
        }
        content.append(Box.row(spacing: 10, [forget.button, remove.button]))
    }

    private func save() {
        let seconds =
            Self.periods.indices.contains(period.selected)
            ? Self.periods[period.selected].seconds : retention
        onSave?(name.text.trimmingBlanks, seconds)
    }

    func complain(_ sentence: String) {
        complaint.text = sentence
        complaint.isVisible = true
    }
}

/// A button for what can't be undone: the first click asks, the second does it.
@GtkThread
private final class ConfirmButton {
    let button: Button

    init(_ label: String, _ question: String, _ action: @escaping @GtkThread () -> Void) {
        var isAsked = false
        var clicked: (@GtkThread () -> Void)?
        button = Button(label) { clicked?() }
        let button = button
        clicked = { [weak button] in
            guard isAsked else {
                isAsked = true
                button?.label = question
                button?.classes("destructive-action")
                return
            }
            action()
        }
    }
}
#endif
