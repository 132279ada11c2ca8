#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// What the right side shows while no conversation is open.
@GtkThread
final class EmptyPane {
    let root: Widget
    var onAdd: (@GtkThread () -> Void)?
    var onCopy: (@GtkThread () -> Void)?

    init(isSecure: Bool) {
        let content = Box.column(spacing: 14).align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER)
        content.expand(horizontally: true, vertically: true).margin(all: 32)
        root = Box.column([HeaderBar(title: Label("")), content])
        content.append(LogoView(size: 104))
        content.append(
            Label(isSecure ? "Pick a conversation" : "Plain text", "title-2").centred())
        content.append(
            Label(
                isSecure
                    ? "Or add a friend: swap certificates once, and you can reach each other from "
                        + "machine to machine from then on."
                    : "Call the address of an original program to talk to it, or wait for "
                        + "somebody to call here.", "quiet"
            ).centred().wrapping(maxCharacters: 46))
        let buttons = Box.row(spacing: 10).align(GTK_ALIGN_CENTER)
        buttons.append(
            Button(isSecure ? "_Add a person…" : "_Call an address…") { [weak self] in
                self?.onAdd?()
            }.classes("suggested-action", "pill"))
        if isSecure {
            buttons.append(
                Button("_Copy my certificate") { [weak self] in self?.onCopy?() }.classes("pill"))
        }
        content.append(buttons)
    }
}

/// Somebody unknown who wants to talk.
@GtkThread
final class RequestPane {
    let root: Widget
    var onAccept: (@GtkThread (ContactRequest, String?) -> Void)?
    var onReject: (@GtkThread (ContactRequest) -> Void)?
    /// Of the request that is shown.
    var fingerprint: Fingerprint?
    private let content = Box.column(spacing: 14)
    private let name = Entry()

    init() {
        content.size(420).align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER).margin(all: 32)
        content.expand(horizontally: true, vertically: true)
        root = Box.column([
            HeaderBar(title: Label("Request", "heading")),
            ScrolledWindow(content).expand(horizontally: true, vertically: true),
        ])
    }

    func show(_ request: ContactRequest) {
        fingerprint = request.fingerprint
        content.removeAll()
        let shown = SafeText.singleLine(request.name, limit: 64)
        content.append(Image(icon: "avatar-default-symbolic", size: 64))
        content.append(Label("\(shown) wants to talk with you", "title-1").centred().wrapping())
        content.append(
            Label(
                "The name is only what the certificate says. Ask them for their fingerprint by "
                    + "voice, and compare it with this one before you accept.", "quiet"
            ).centred().wrapping(maxCharacters: 50))
        let address = SafeText.singleLine(request.address.description, limit: 100)
        let when = DayText.day(of: request.lastSeen, now: Clock.now()).lowercased()
        content.append(
            Box.column(
                spacing: 6,
                [
                    Label("Fingerprint", "heading", "small"),
                    Label.fingerprint(request.fingerprint),
                    Label(
                        (request.direction == .inbound ? "Came from" : "Answered at")
                            + " \(address), \(when) at \(DayText.clock(request.lastSeen))",
                        "quiet", "small"
                    ).wrapping(),
                ]
            ).classes("card"))
        name.text = (try? UserName(shown))?.text ?? ""
        content.append(labelled("Call them", name))
        let accept = Button("_Accept") { [weak self] in
            guard let self else { return }
            let text = name.text.trimmingBlanks
            onAccept?(request, text.isEmpty ? nil : text)
        }.classes("suggested-action", "pill")
        let reject = Button("_Reject") { [weak self] in self?.onReject?(request) }.classes("pill")
        content.append(Box.row(spacing: 10, [accept, reject]).align(GTK_ALIGN_CENTER))
        reject.focus()
    }
}

/// A sentence that slides in from below, and goes when it has been read.
@GtkThread
final class Toast {
    let root: Revealer
    private let text = Label().wrapping(maxCharacters: 70).selectable()
    private var number = 0

    init() {
        var close: (@GtkThread () -> Void)?
        let button = Button(icon: "window-close-symbolic", "Dismiss") { close?() }
        root = Revealer(Box.row(spacing: 10, [text, button]).classes("toast"))
        root.align(GTK_ALIGN_CENTER, GTK_ALIGN_END).margin(bottom: 56)
        gtk_revealer_set_transition_type(root.opaque, GTK_REVEALER_TRANSITION_TYPE_SLIDE_UP)
        root.isVisible = false
        close = { [weak self] in self?.hide() }
    }

    func say(_ sentence: String) {
        number += 1
        let own = number
        text.text = SafeText.singleLine(sentence, limit: 500)
        root.accessible(text.text)
        root.isVisible = true
        root.isRevealed = true
        Task {
            try? await Task.sleep(for: .seconds(12))
            if own == number { hide() }
        }
    }

    private func hide() {
        root.isRevealed = false
        root.isVisible = false
    }
}
#endif
