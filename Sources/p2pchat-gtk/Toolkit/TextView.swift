#if Desktop
import CGtk

/// Several lines to type into.
final class TextView: Widget {
    init() {
        super.init(gtk_text_view_new())
        gtk_text_view_set_wrap_mode(cast(), GTK_WRAP_WORD_CHAR)
        gtk_text_view_set_accepts_tab(cast(), 0)
    }

    private var buffer: UnsafeMutablePointer<GtkTextBuffer> {
        gtk_text_view_get_buffer(cast()).unsafelyUnwrapped
    }

    var text: String {
        get {
            var start = GtkTextIter()
            var end = GtkTextIter()
            gtk_text_buffer_get_bounds(buffer, &start, &end)
            guard let text = gtk_text_buffer_get_text(buffer, &start, &end, 0) else { return "" }
            defer { g_free(text) }
            return String(cString: text)
        }
        set { gtk_text_buffer_set_text(buffer, newValue, -1) }
    }

    func insert(_ text: String) { gtk_text_buffer_insert_at_cursor(buffer, text, -1) }

    func onChange(_ action: @escaping @GtkThread () -> Void) {
        let object = Object(UnsafeMutableRawPointer(buffer))
        object.on("changed", action)
    }

    @discardableResult
    func padding(_ horizontal: Int32, _ vertical: Int32) -> Self {
        gtk_text_view_set_left_margin(cast(), horizontal)
        gtk_text_view_set_right_margin(cast(), horizontal)
        gtk_text_view_set_top_margin(cast(), vertical)
        gtk_text_view_set_bottom_margin(cast(), vertical)
        return self
    }

    @discardableResult
    func monospace() -> Self {
        gtk_text_view_set_monospace(cast(), 1)
        return self
    }

    /// Whether an input method took the key: it may be composing a character.
    func inputMethodTakes(_ event: OpaquePointer?) -> Bool {
        guard let event else { return false }
        return gtk_text_view_im_context_filter_keypress(cast(), event) != 0
    }
}
#endif
