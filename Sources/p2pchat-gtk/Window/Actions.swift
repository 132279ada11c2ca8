#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// What menus and keys can ask for.
@GtkThread
enum Actions {
    /// Name, keys, and the words for the shortcuts window.
    private static let keys: [(name: String, keys: String, words: String)] = [
        ("add", "<Control>n", "Add a person"),
        ("search", "<Control>f", "Search in the conversation"),
        ("verify", "<Control><Shift>v", "Compare the safety number"),
        ("contact", "<Control>i", "Contact details"),
        ("next", "<Alt>Down", "Next conversation"),
        ("previous", "<Alt>Up", "Previous conversation"),
        ("people", "<Control>l", "Go to the contacts"),
        ("write", "<Control>m", "Go to the message"),
        ("preferences", "<Control>comma", "Preferences"),
        ("shortcuts", "<Control>question", "Keyboard shortcuts"),
        ("quit", "<Control>q", "Quit"),
    ]

    private static weak var app: App?

    static func install(on app: App) {
        self.app = app
        for (name, keys, _) in keys {
            add(name) { run(name) }
            var accelerators: [UnsafePointer<CChar>?] = []
            keys.withCString { text in
                accelerators = [text, nil]
                gtk_application_set_accels_for_action(
                    app.application.cast(), "app." + name, &accelerators)
            }
        }
        add("copy-certificate") { app.currentChat?.copyOwnCertificate() }
        add("about") { About.show(over: app) }
        add("raise") { app.mainWindow?.present() }
    }

    static func menu(_ isSecure: Bool) -> Menu {
        var sections: [[(label: String, action: String)]] = []
        if isSecure {
            sections.append([
                ("_Add a person…", "app.add"), ("_Copy my certificate", "app.copy-certificate"),
            ])
        } else {
            sections.append([("_Call an address…", "app.add")])
        }
        sections.append([
            ("_Preferences", "app.preferences"), ("_Keyboard shortcuts", "app.shortcuts"),
            ("A_bout p2pchat", "app.about"),
        ])
        sections.append([("_Quit", "app.quit")])
        return Menu(sections)
    }

    static func activate(_ name: String) { run(name) }

    private static func run(_ name: String) {
        guard let app else { return }
        switch name {
        case "quit": app.end()
        case "shortcuts": Shortcuts.show(over: app, keys.map { ($0.keys, $0.words) })
        default: app.currentChat?.run(name)
        }
    }

    private static func add(_ name: String, _ run: @escaping @GtkThread () -> Void) {
        guard let app else { return }
        let action = Object(
            owning: UnsafeMutableRawPointer(g_simple_action_new(name, nil).unsafelyUnwrapped))
        action.on(argument: "activate", orNone: run)
        g_action_map_add_action(app.application.opaque, action.opaque)
    }
}

extension Object {
    /// For an action's signal, whose argument is mostly nil.
    fileprivate func on(argument signal: String, orNone action: @escaping @GtkThread () -> Void) {
        let call:
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) -> Void = { _, _, data in
                GtkThread.assume { Action.of(data, as: Action.self)?.run() }
            }
        connect(signal, unsafeBitCast(call, to: GCallback.self), Action(action))
    }
}

extension Chat {
    fileprivate func run(_ action: String) {
        switch action {
        case "add": showAdd()
        case "search": if selected != nil, node.isSecure { pane.toggleSearch() }
        case "verify": showVerify()
        case "contact": showContact()
        case "next": sidebar.move(by: 1)
        case "previous": sidebar.move(by: -1)
        case "people": sidebar.focus()
        case "write": if selected != nil { pane.focusComposer() }
        case "preferences": showPreferences()
        default: break
        }
    }
}
#endif
