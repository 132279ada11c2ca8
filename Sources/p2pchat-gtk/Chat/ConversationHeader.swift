#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Who is talked with, how far they are trusted, and how the session is secured.
@GtkThread
final class ConversationHeader {
    let root: HeaderBar
    let search = ToggleButton(icon: "system-search-symbolic", "Search in this conversation")
    private let avatar = Avatar(small: true)
    private let name = Label("", "heading").ellipsized()
    private let status = Label("", "quiet", "small").ellipsized()
    private let lock = Image(icon: "security-medium-symbolic", size: 18)
    private let details = Box.column(spacing: 6).margin(all: 10)
    private let button: MenuButton
    private let isSecure: Bool
    private var statusText = ""
    private var typing = 0

    init(isSecure: Bool) {
        self.isSecure = isSecure
        let text = Box.column([name, status]).align(nil, GTK_ALIGN_CENTER)
        root = HeaderBar(title: Label(""))
        button = MenuButton(
            child: lock, "How this conversation is secured", popover: Popover(details))
        button.classes("flat")
        root.start(Box.row(spacing: 10, [avatar.root, text]).margin(start: 6))
        if isSecure {
            root.end(
                Button(icon: "view-more-symbolic", "Contact details") {
                    Actions.activate("contact")
                })
            root.end(search)
        }
        root.end(button)
    }

    func show(_ item: ContactItem, _ contact: ContactStatus?, now: Double) {
        avatar.show(item)
        name.text = item.name
        let trust =
            switch item.trust {
            case .verified: " · Verified"
            case .trusted: " · Not verified yet"
            case nil: ""
            }
        statusText = isSecure ? item.status(now: now) + trust : "Plain text, not authenticated"
        status.text = statusText
        lock.icon =
            !isSecure || item.isBlocked
            ? "security-low-symbolic"
            : item.trust == .verified ? "security-high-symbolic" : "security-medium-symbolic"
        fill(item, contact)
    }

    /// For some seconds after the peer has said so.
    func showTyping() {
        typing += 1
        let number = typing
        status.text = "Writing…"
        Task {
            try? await Task.sleep(for: .seconds(5))
            if number == typing { status.text = statusText }
        }
    }

    private func fill(_ item: ContactItem, _ status: ContactStatus?) {
        details.removeAll()
        guard isSecure, let status else {
            details.append(Label("Nothing is secured here", "heading"))
            details.append(
                Label(
                    "This is plain text: anybody on the way can read and change it, and the name "
                        + "is only a claim.", "quiet"
                ).wrapping(maxCharacters: 38))
            return
        }
        let isVerified = status.contact.trust == .verified
        details.append(
            Label(isVerified ? "Verified contact" : "Trusted, not verified yet", "heading"))
        details.append(
            Label(
                isVerified
                    ? "You have compared the safety number with \(item.name)."
                    : "Compare the safety number with \(item.name) to be sure that nobody has "
                        + "slipped in between.", "quiet", "small"
            ).wrapping(maxCharacters: 38))
        if let session = status.session {
            for (name, value) in Self.facts(of: session) { details.append(fact(name, value)) }
        } else {
            details.append(fact("Session", "None at the moment"))
        }
        details.append(
            Box.column([
                Label("Fingerprint", "quiet", "small"),
                Label.fingerprint(status.contact.fingerprint).classes("small"),
            ]))
        details.append(
            Button(isVerified ? "Show the safety number…" : "_Verify…") { [weak self] in
                self?.button.close()
                Actions.activate("verify")
            }.classes(isVerified ? "flat" : "suggested-action"))
    }

    /// The transport gives version, cipher and group in one line.
    static func facts(of session: SessionStatus) -> [(String, String)] {
        let words = (session.security ?? "").split(separator: " ").map(String.init)
        var facts: [(String, String)] = []
        for (name, word) in zip(["Protocol", "Cipher", "Key agreement"], words) {
            facts.append((name, SafeText.singleLine(word, limit: 60)))
        }
        facts.append(("Address", SafeText.singleLine(session.address.description, limit: 80)))
        if session.dialect == .seed { facts.append(("Dialect", "That of the original program")) }
        return facts
    }

    private func fact(_ name: String, _ value: String) -> Widget {
        let text = Label(value).wrapping(maxCharacters: 36).selectable()
        let row = Box.column([Label(name, "quiet", "small"), text])
        return row.accessible("\(name): \(value)")
    }
}
#endif
