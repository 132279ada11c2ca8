#if Desktop
import CGtk

/// A window of our own, or a dialog.
class Window: Widget {
    /// Until it is destroyed.
    private(set) var isOpen = true

    /// - Parameter application: for the main window; others belong to the window below them.
    init(application: UnsafeMutablePointer<GtkApplication>) {
        super.init(gtk_application_window_new(application))
    }

    init(over parent: Window, title: String, width: Int32, height: Int32 = -1) {
        super.init(gtk_window_new())
        gtk_window_set_transient_for(cast(), parent.cast())
        gtk_window_set_modal(cast(), 1)
        gtk_window_set_destroy_with_parent(cast(), 1)
        gtk_window_set_default_size(cast(), width, height)
        self.title = title
        closeOnEscape()
        // A dialog is its own until it is closed.
        keep(self, as: "dialog")
        on("destroy") { [weak self] in
            self?.isOpen = false
            self?.release("dialog")
        }
    }

    var title: String {
        get { gtk_window_get_title(cast()).map { String(cString: $0) } ?? "" }
        set { gtk_window_set_title(cast(), newValue) }
    }

    func setChild(_ child: Widget) { gtk_window_set_child(cast(), child.widget) }
    func setTitlebar(_ bar: Widget) { gtk_window_set_titlebar(cast(), bar.widget) }
    func setDefault(_ button: Widget) { gtk_window_set_default_widget(cast(), button.widget) }
    func present() { gtk_window_present(cast()) }
    func close() { gtk_window_close(cast()) }
    func destroy() { gtk_window_destroy(cast()) }

    var isActive: Bool { gtk_window_is_active(cast()) != 0 }

    var defaultSize: (width: Int32, height: Int32) {
        get {
            var size: (width: Int32, height: Int32) = (0, 0)
            gtk_window_get_default_size(cast(), &size.width, &size.height)
            return size
        }
        set { gtk_window_set_default_size(cast(), newValue.width, newValue.height) }
    }

    private func closeOnEscape() {
        onKey { [weak self] key, _ in
            guard key == GDK_KEY_Escape else { return false }
            self?.close()
            return true
        }
    }
}

final class HeaderBar: Widget {
    init(title: Widget? = nil) {
        super.init(gtk_header_bar_new())
        if let title { gtk_header_bar_set_title_widget(opaque, title.widget) }
    }

    func start(_ child: Widget) { gtk_header_bar_pack_start(opaque, child.widget) }
    func end(_ child: Widget) { gtk_header_bar_pack_end(opaque, child.widget) }

    func decoration(_ layout: String) { gtk_header_bar_set_decoration_layout(opaque, layout) }
    func showButtons(_ show: Bool) {
        gtk_header_bar_set_show_title_buttons(opaque, show ? 1 : 0)
    }
}

/// A menu's model.
final class Menu: Object {
    init(_ sections: [[(label: String, action: String)]]) {
        let menu = g_menu_new()
        for section in sections {
            let items = g_menu_new()
            for item in section { g_menu_append(items, item.label, item.action) }
            g_menu_append_section(
                menu, nil,
                UnsafeMutableRawPointer(items)?.assumingMemoryBound(
                    to: GMenuModel.self))
            g_object_unref(UnsafeMutableRawPointer(items))
        }
        super.init(owning: UnsafeMutableRawPointer(menu.unsafelyUnwrapped))
    }
}
#endif
