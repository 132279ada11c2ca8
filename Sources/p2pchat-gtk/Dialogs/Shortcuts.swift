#if Desktop
import CGtk
import P2PChat

/// The window of keyboard shortcuts, as desktops have it.
@GtkThread
enum Shortcuts {
    static func show(over app: App, _ keys: [(keys: String, words: String)]) {
        guard let window = app.mainWindow else { return }
        let more = [
            ("Return", "Send the message"), ("<Shift>Return", "Begin a new line"),
            ("Escape", "Close a dialog or the search"),
        ]
        let rows = (keys + more).map { key, words in
            """
            <child><object class="GtkShortcutsShortcut">
            <property name="accelerator">\(escaped(key))</property>
            <property name="title">\(escaped(words))</property></object></child>
            """
        }.joined()
        let text = """
            <interface><object class="GtkShortcutsWindow" id="window">
            <property name="modal">1</property>
            <child><object class="GtkShortcutsSection">
            <child><object class="GtkShortcutsGroup">
            <property name="title">p2pchat</property>\(rows)
            </object></child></object></child></object></interface>
            """
        // The text is ours, so it is well formed.
        guard let builder = gtk_builder_new_from_string(text, -1) else { return }
        defer { g_object_unref(UnsafeMutableRawPointer(builder)) }
        guard let object = gtk_builder_get_object(builder, "window") else { return }
        let shown = UnsafeMutableRawPointer(object).assumingMemoryBound(to: GtkWindow.self)
        gtk_window_set_transient_for(shown, window.cast())
        gtk_window_present(shown)
    }

    private static func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            default: String(character)
            }
        }.joined()
    }
}

@GtkThread
enum About {
    static func show(over app: App) {
        guard let window = app.mainWindow else { return }
        let dialog = Window(over: window, title: "About p2pchat", width: 360)
        dialog.classes("sheet")
        let text = Box.column(spacing: 10).margin(all: 28)
        text.append(LogoView(size: 96))
        text.append(Label("p2pchat", "title-1").centred())
        text.append(Label("Version \(Release.version)", "quiet").centred())
        text.append(
            Label(
                "Chat from machine to machine, with no server, between people who hold each "
                    + "other's certificates."
            ).centred().wrapping(maxCharacters: 36))
        text.append(Label("MIT licence", "quiet", "small").centred())
        dialog.setChild(text)
        dialog.present()
    }
}
#endif
