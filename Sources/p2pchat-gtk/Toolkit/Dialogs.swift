#if Desktop
import CGtk

@GtkThread
enum Clipboard {
    static func copy(_ text: String) {
        guard let display = gdk_display_get_default() else { return }
        gdk_clipboard_set_text(gdk_display_get_clipboard(display), text)
    }
}

/// The desktop's own dialogs for files.
@GtkThread
enum FileDialog {
    static func save(
        over window: Window, title: String, name: String,
        _ chosen: @escaping @GtkThread (String) -> Void
    ) {
        let dialog = gtk_file_chooser_native_new(
            title, window.cast(), GTK_FILE_CHOOSER_ACTION_SAVE, "_Save", "_Cancel")
        guard let dialog else { return }
        gtk_file_chooser_set_current_name(OpaquePointer(UnsafeMutableRawPointer(dialog)), name)
        show(Object(owning: UnsafeMutableRawPointer(dialog)), chosen)
    }

    static func open(
        over window: Window, title: String, _ chosen: @escaping @GtkThread (String) -> Void
    ) {
        let dialog = gtk_file_chooser_native_new(
            title, window.cast(), GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel")
        guard let dialog else { return }
        let filter = gtk_file_filter_new()
        gtk_file_filter_set_name(filter, "Certificates")
        for suffix in ["pem", "crt", "cer", "der"] { gtk_file_filter_add_suffix(filter, suffix) }
        gtk_file_chooser_add_filter(OpaquePointer(UnsafeMutableRawPointer(dialog)), filter)
        let everything = gtk_file_filter_new()
        gtk_file_filter_set_name(everything, "All files")
        gtk_file_filter_add_pattern(everything, "*")
        gtk_file_chooser_add_filter(OpaquePointer(UnsafeMutableRawPointer(dialog)), everything)
        show(Object(owning: UnsafeMutableRawPointer(dialog)), chosen)
    }

    private static func show(_ dialog: Object, _ chosen: @escaping @GtkThread (String) -> Void) {
        dialog.onResponse { response in
            defer { dialog.release("open") }
            guard response == GTK_RESPONSE_ACCEPT.rawValue,
                let file = gtk_file_chooser_get_file(dialog.opaque)
            else { return }
            defer { g_object_unref(UnsafeMutableRawPointer(file)) }
            guard let path = g_file_get_path(file) else { return }
            defer { g_free(path) }
            chosen(String(cString: path))
        }
        // It is its own until it has been answered.
        dialog.keep(dialog, as: "open")
        gtk_native_dialog_show(dialog.cast())
    }
}

extension Object {
    /// For dialogs: what the user has answered.
    func onResponse(_ action: @escaping @GtkThread (Int32) -> Void) {
        let call:
            @convention(c) (UnsafeMutableRawPointer?, gint, UnsafeMutableRawPointer?) -> Void =
                { _, response, data in
                    GtkThread.assume { Action.of(data, as: ResponseAction.self)?.run(response) }
                }
        connect("response", unsafeBitCast(call, to: GCallback.self), ResponseAction(action))
    }
}

private final class ResponseAction {
    let run: @GtkThread (Int32) -> Void

    init(_ run: @escaping @GtkThread (Int32) -> Void) { self.run = run }
}
#endif
