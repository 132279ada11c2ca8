#if Desktop
import CGtk

extension Object {
    /// A drop target: what is let go over it.
    func onDrop(_ action: @escaping @GtkThread (UnsafePointer<GValue>) -> Bool) {
        let call:
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafePointer<GValue>?, Double, Double,
                UnsafeMutableRawPointer?
            ) -> gboolean = { _, value, _, _, data in
                GtkThread.assume { DropAction.take(value, data) ? 1 : 0 }
            }
        connect("drop", unsafeBitCast(call, to: GCallback.self), DropAction(action))
    }
}

extension Widget {
    /// Files that are dropped onto it; the first of them.
    func onFile(_ dropped: @escaping @GtkThread (String) -> Void) {
        guard let target = gtk_drop_target_new(CGtk_type_file_list(), GDK_ACTION_COPY) else {
            return
        }
        // The widget takes over the reference that came with it.
        g_object_ref(UnsafeMutableRawPointer(target))
        Object(owning: UnsafeMutableRawPointer(target)).onDrop { value in
            guard let path = Self.firstPath(in: value) else { return false }
            dropped(path)
            return true
        }
        gtk_widget_add_controller(widget, target)
    }

    private static func firstPath(in value: UnsafePointer<GValue>) -> String? {
        guard let list = g_value_get_boxed(value) else { return nil }
        let files = gdk_file_list_get_files(OpaquePointer(list))
        defer { g_slist_free(files) }
        guard let file = files?.pointee.data, let path = g_file_get_path(OpaquePointer(file)) else {
            return nil
        }
        defer { g_free(path) }
        return String(cString: path)
    }
}

private final class DropAction {
    private let run: @GtkThread (UnsafePointer<GValue>) -> Bool

    init(_ run: @escaping @GtkThread (UnsafePointer<GValue>) -> Bool) { self.run = run }

    @GtkThread
    static func take(_ value: UnsafePointer<GValue>?, _ data: UnsafeMutableRawPointer?) -> Bool {
        guard let value, let action = Action.of(data, as: DropAction.self) else { return false }
        return action.run(value)
    }
}
#endif
