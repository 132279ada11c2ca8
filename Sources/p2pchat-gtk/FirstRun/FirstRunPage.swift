#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The first start: an identity is made, its certificate handed out, the connection set.
final class FirstRunPage: Page {
    let root: Widget
    private let stack = Stack()
    private let home: IdentityHome
    private weak var app: App?
    private let name = Entry(placeholder: "alice")
    private let passphrase = Entry(.passphrase, placeholder: "Optional")
    private let repeated = Entry(.passphrase)
    private let repetition: Box
    private let strength = Label("", "quiet", "small").wrapping()
    private let complaint = Label("", "bad").wrapping()
    private let keyType = DropDown(["Ed25519 (recommended)", "P-256"])
    private let make: Button
    private var connection: ConnectionStep?

    init(_ home: IdentityHome, app: App) {
        self.home = home
        self.app = app
        let page = CentredPage(title: "")
        var start: (@GtkThread () -> Void)?
        make = Button("_Make my identity") { start?() }
        repetition = labelled("The same again", repeated)
        page.add(LogoView(size: 96))
        page.heading(
            "Welcome to p2pchat",
            "Straight to your friends' machines, with no server in between. "
                + "First you need an identity: a key that stays here, and a certificate to give away."
        )
        name.text = LoginName.current?.text ?? ""
        page.add(labelled("Username", name))
        page.add(labelled("Passphrase", passphrase, strength))
        repetition.isVisible = false
        page.add(repetition)
        let more = Expander("_More", labelled("Key type", keyType).margin(top: 8))
        page.add(more)
        complaint.isVisible = false
        page.add(complaint)
        page.add(make.classes("suggested-action", "pill").align(GTK_ALIGN_CENTER))
        stack.add(page.root, "identity")
        root = stack
        start = { [weak self] in self?.makeIdentity() }
        passphrase.onChange { [weak self] in self?.showStrength() }
        for entry in [name, passphrase, repeated] {
            entry.onActivate { [weak self] in self?.makeIdentity() }
        }
        showStrength()
    }

    func appeared() {
        name.focus()
        name.selectAll()
    }

    private func showStrength() {
        strength.text = PassphraseStrength(passphrase.text).words
        repetition.isVisible = !passphrase.text.isEmpty
    }

    private func complain(_ text: String, _ field: Widget) {
        complaint.text = text
        complaint.isVisible = true
        field.focus()
    }

    private func makeIdentity() {
        complaint.isVisible = false
        let user: UserName
        let secret: Passphrase?
        do throws(UserNameError) {
            user = try UserName(name.text.trimmingBlanks)
        } catch {
            return complain("\(error)", name)
        }
        guard passphrase.text == repeated.text else {
            return complain("The two passphrases differ: type the same one twice.", repeated)
        }
        do throws(IdentityError) {
            secret =
                passphrase.text.isEmpty
                ? nil : try Passphrase(copying: Array(passphrase.text.utf8))
        } catch {
            return complain(error.description, passphrase)
        }
        make.isSensitive = false
        let type: KeyType = keyType.selected == 1 ? .p256 : .ed25519
        let folder = home.user(user)
        Task {
            defer { make.isSensitive = true }
            do {
                let identity = try await Self.save(user, type, folder, secret)
                show(ConnectionStep(identity, passphrase: secret, app: app))
            } catch {
                complain(SafeText.singleLine("\(error)", limit: 400), name)
            }
        }
    }

    private nonisolated static func save(
        _ user: UserName, _ type: KeyType, _ folder: UserFolder, _ passphrase: Passphrase?
    ) async throws -> Identity {
        guard !folder.hasIdentity else {
            throw IdentityError(
                .exists,
                "\(user) has an identity already: choose another name, or start as \(user).")
        }
        let identity = try Identity.make(userName: user, keyType: type)
        _ = try folder.save(identity, passphrase: passphrase, replacing: false)
        return identity
    }

    private func show(_ step: ConnectionStep) {
        connection = step
        stack.add(step.root, "connection")
        step.appeared()
        stack.show("connection")
    }
}
#endif
