#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The second step: the certificate to give away, and the connection in the original program's
/// terms, all of it filled in.
final class ConnectionStep: Page {
    let root: Widget
    private let identity: Identity
    private let passphrase: Passphrase?
    private weak var app: App?
    /// What stands in the field at first, and means just that.
    private static let everywhere = "Every address of this machine"
    private let host = Entry()
    private let port = Entry()
    private let complaint = Label("", "bad").wrapping()
    private let said = Label("", "quiet", "small").wrapping()
    private let begin: Button

    init(_ identity: Identity, passphrase: Passphrase?, app: App?) {
        self.identity = identity
        self.passphrase = passphrase
        self.app = app
        let page = CentredPage(title: "")
        root = page.root
        var start: (@GtkThread () -> Void)?
        begin = Button("_Start chatting") { start?() }
        page.heading(
            "Hello, \(identity.userName)",
            "Give this certificate to your friends. It is no secret; the fingerprint is how they "
                + "make sure that it is yours.")
        page.add(certificateCard())
        page.add(Label("Connection", "title-2").margin(top: 6))
        let address = LocalAddress.likely
        host.text = Self.everywhere
        port.text = "\(ChatConfiguration.securePort)"
        let hint = Label(
            address.map { "Friends in your network reach you at \($0)." }
                ?? "This machine has no network at the moment.", "quiet", "small"
        ).wrapping()
        let ip = labelled("Your IP", host).expand(horizontally: true)
        page.add(Box.row(spacing: 12, [ip, labelled("Your port", port)]), hint)
        let name = Entry()
        name.text = identity.userName
        name.isSensitive = false
        page.add(labelled("Username", name))
        complaint.isVisible = false
        page.add(complaint)
        page.add(begin.classes("suggested-action", "pill").align(GTK_ALIGN_CENTER))
        start = { [weak self] in self?.startChat() }
        for entry in [host, port] { entry.onActivate { [weak self] in self?.startChat() } }
    }

    func appeared() {
        // It slides in: only what is in sight can have the focus.
        begin.on("map") { [weak self] in self?.begin.focus() }
    }

    private func say(_ text: String) {
        said.text = text
        said.isVisible = true
    }

    private func certificateCard() -> Widget {
        let title = Label("Fingerprint", "heading", "small")
        let fingerprint = Label.fingerprint(identity.fingerprint).classes("small")
        let pem = identity.certificate.pem
        let copy = Button("_Copy certificate") { [weak self] in
            Clipboard.copy(pem)
            self?.say("Copied: paste it into a message to your friend.")
        }
        let save = Button("_Save certificate…") { [weak self] in self?.save() }
        said.isVisible = false
        return Box.column(
            spacing: 8, [title, fingerprint, Box.row(spacing: 8, [copy, save]), said]
        ).classes("card")
    }

    private func save() {
        guard let window = app?.mainWindow else { return }
        let file = "\(identity.userName).pem"
        let certificate = identity.certificate
        FileDialog.save(over: window, title: "Save certificate", name: file) { [weak self] path in
            Task {
                let outcome = await Self.write(certificate, to: path)
                self?.say(outcome)
            }
        }
    }

    private nonisolated static func write(_ certificate: Certificate, to path: String) async
        -> String
    {
        do throws(IdentityError) {
            // The dialog has asked before replacing.
            _ = try CertificateFile(path: path, defaultName: "certificate.pem")
                .write(certificate, replacing: true)
            return "Saved as \(SafeText.singleLine(path, limit: 200))."
        } catch {
            return SafeText.singleLine(error.description, limit: 300)
        }
    }

    private func startChat() {
        let host = host.text.trimmingBlanks
        guard let number = Int(port.text.trimmingBlanks), (0...65_535).contains(number) else {
            return complain("A port is a number from 1 to 65535: 5555 is the usual one.")
        }
        var listen = PeerAddress(host: "", port: number)
        if host != Self.everywhere, !host.isEmpty {
            let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            guard let address = PeerAddress("\(bracketed):\(number)") else {
                return complain(
                    "Your IP is one of this machine's addresses; leave it empty for all.")
            }
            listen = address
        }
        guard let user = try? UserName(identity.userName) else { return }
        app?.start(user: user, listen: listen, passphrase: passphrase)
    }

    private func complain(_ text: String) {
        complaint.text = text
        complaint.isVisible = true
    }
}
#endif
