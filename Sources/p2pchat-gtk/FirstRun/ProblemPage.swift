#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// What stands in the way of starting, and what can be done about it.
final class ProblemPage: Page {
    let root: Widget
    private let first: Widget

    init(_ problem: Problem, app: App) {
        let page = CentredPage(title: "p2pchat")
        page.add(
            Image(icon: "dialog-warning-symbolic", size: 48).align(GTK_ALIGN_CENTER))
        page.add(
            Label(problem.title, "title-1").centred().wrapping(),
            Label(problem.sentence).centred().wrapping(maxCharacters: 56).selectable())
        let buttons = Box.row(spacing: 10).align(GTK_ALIGN_CENTER)
        var first: Widget?
        if problem.ways.contains(.otherPort) {
            let port = Entry(placeholder: "Port")
            port.text = "\(ChatConfiguration.securePort + 2)"
            let use = Button("_Use this port") { [weak app, weak port] in
                guard let app, let text = port?.text.trimmingBlanks,
                    let number = Int(text), (0...65_535).contains(number)
                else { return }
                app.start(port: number)
            }
            use.classes("suggested-action", "pill")
            port.onActivate { [weak use] in
                if let use { gtk_widget_activate(use.widget) }
            }
            page.add(labelled("Another port (0 for any that is free)", port))
            buttons.append(use)
            first = port
        }
        if problem.ways.contains(.retry) {
            let retry = Button("_Try again") { [weak app] in app?.start() }.classes("pill")
            buttons.append(retry)
            first = first ?? retry
        }
        let quit = Button("_Quit") { [weak app] in app?.end() }.classes("pill")
        buttons.append(quit)
        page.add(buttons)
        self.first = first ?? quit
        root = page.root
        root.accessible(problem.title)
    }

    func appeared() { first.focus() }
}

/// Asks for the key's passphrase.
final class UnlockPage: Page {
    let root: Widget
    private let entry = Entry(.passphrase)

    init(_ folder: UserFolder, complaint: String?, app: App) {
        let page = CentredPage(title: "p2pchat")
        root = page.root
        page.add(LogoView(size: 88))
        page.heading(
            "Welcome back, \(folder.userName.text)", "Your key is locked with a passphrase.")
        let complaintLabel = Label(complaint ?? "", "bad").wrapping()
        complaintLabel.isVisible = complaint != nil
        page.add(labelled("Passphrase", entry, complaintLabel))
        let unlock: @GtkThread () -> Void = { [weak self, weak app] in
            guard let self, let app else { return }
            do {
                let passphrase = try Passphrase(copying: Array(entry.text.utf8))
                entry.text = ""
                app.start(user: folder.userName, passphrase: passphrase)
            } catch {
                complaintLabel.text = "\(error)"
                complaintLabel.isVisible = true
            }
        }
        let button = Button("_Unlock", unlock).classes("suggested-action", "pill")
        page.add(button.align(GTK_ALIGN_CENTER))
        entry.onActivate(unlock)
    }

    func appeared() { entry.focus() }
}

/// Asks which of several identities to use.
final class ChooserPage: Page {
    let root: Widget

    init(_ home: IdentityHome, _ users: [UserName], app: App) {
        let page = CentredPage(title: "p2pchat")
        page.add(LogoView(size: 88))
        page.heading("Who are you today?", "There are several identities on this machine.")
        for user in users {
            page.add(
                Button(child: Label(user.text).centred()) { [weak app] in
                    app?.start(user: user)
                })
        }
        page.add(Button("_New identity…") { [weak app] in app?.showFirstRun() }.classes("flat"))
        root = page.root
    }
}
#endif
