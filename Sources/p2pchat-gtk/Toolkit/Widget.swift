#if Desktop
import CGtk

/// Anything that is shown. Subclasses add what the window uses of a GTK class, and no more.
class Widget: Object {
    var widget: UnsafeMutablePointer<GtkWidget> { cast() }

    init(_ widget: UnsafeMutablePointer<GtkWidget>?) {
        // GTK's constructors return a widget or end the program.
        super.init(UnsafeMutableRawPointer(widget.unsafelyUnwrapped))
    }

    var isVisible: Bool {
        get { gtk_widget_get_visible(widget) != 0 }
        set { gtk_widget_set_visible(widget, newValue ? 1 : 0) }
    }

    var isSensitive: Bool {
        get { gtk_widget_get_sensitive(widget) != 0 }
        set { gtk_widget_set_sensitive(widget, newValue ? 1 : 0) }
    }

    @discardableResult
    func classes(_ names: String...) -> Self {
        for name in names { gtk_widget_add_css_class(widget, name) }
        return self
    }

    func setClass(_ name: String, _ isOn: Bool) {
        if isOn {
            gtk_widget_add_css_class(widget, name)
        } else {
            gtk_widget_remove_css_class(widget, name)
        }
    }

    @discardableResult
    func align(_ horizontal: GtkAlign? = nil, _ vertical: GtkAlign? = nil) -> Self {
        if let horizontal { gtk_widget_set_halign(widget, horizontal) }
        if let vertical { gtk_widget_set_valign(widget, vertical) }
        return self
    }

    @discardableResult
    func expand(horizontally: Bool = false, vertically: Bool = false) -> Self {
        if horizontally { gtk_widget_set_hexpand(widget, 1) }
        if vertically { gtk_widget_set_vexpand(widget, 1) }
        return self
    }

    @discardableResult
    func margin(
        top: Int32? = nil, bottom: Int32? = nil, start: Int32? = nil, end: Int32? = nil
    ) -> Self {
        if let top { gtk_widget_set_margin_top(widget, top) }
        if let bottom { gtk_widget_set_margin_bottom(widget, bottom) }
        if let start { gtk_widget_set_margin_start(widget, start) }
        if let end { gtk_widget_set_margin_end(widget, end) }
        return self
    }

    @discardableResult
    func margin(all: Int32) -> Self { margin(top: all, bottom: all, start: all, end: all) }

    @discardableResult
    func size(_ width: Int32, _ height: Int32 = -1) -> Self {
        gtk_widget_set_size_request(widget, width, height)
        return self
    }

    @discardableResult
    func tooltip(_ text: String?) -> Self {
        gtk_widget_set_tooltip_text(widget, text)
        return self
    }

    /// What a screen reader calls it.
    @discardableResult
    func accessible(_ label: String, description: String? = nil) -> Self {
        CGtk_accessible_label(raw, label)
        if let description { CGtk_accessible_description(raw, description) }
        return self
    }

    @discardableResult
    func focus() -> Bool { gtk_widget_grab_focus(widget) != 0 }

    func onKey(
        capture: Bool = false,
        _ action: @escaping @GtkThread (_ key: UInt32, _ modifiers: UInt32) -> Bool
    ) {
        let controller = gtk_event_controller_key_new()
        if capture { gtk_event_controller_set_propagation_phase(controller, GTK_PHASE_CAPTURE) }
        let call:
            @convention(c) (
                UnsafeMutableRawPointer?, guint, guint, GdkModifierType, UnsafeMutableRawPointer?
            ) -> gboolean = { _, key, _, modifiers, data in
                GtkThread.assume {
                    Action.of(data, as: KeyAction.self)?.run(key, modifiers.rawValue) == true
                        ? 1 : 0
                }
            }
        g_signal_connect_data(
            UnsafeMutableRawPointer(controller), "key-pressed",
            unsafeBitCast(call, to: GCallback.self),
            Unmanaged.passRetained(KeyAction(action)).toOpaque(),
            { data, _ in
                if let data { Unmanaged<AnyObject>.fromOpaque(data).release() }
            }, GConnectFlags(rawValue: 0))
        gtk_widget_add_controller(widget, controller)
    }
}

private final class KeyAction {
    let run: @GtkThread (UInt32, UInt32) -> Bool

    init(_ run: @escaping @GtkThread (UInt32, UInt32) -> Bool) { self.run = run }
}

/// Lays its children out in a row or a column.
final class Box: Widget {
    init(_ orientation: GtkOrientation, spacing: Int32 = 0, _ children: [Widget] = []) {
        super.init(gtk_box_new(orientation, spacing))
        for child in children { append(child) }
    }

    static func row(spacing: Int32 = 0, _ children: [Widget] = []) -> Box {
        Box(GTK_ORIENTATION_HORIZONTAL, spacing: spacing, children)
    }

    static func column(spacing: Int32 = 0, _ children: [Widget] = []) -> Box {
        Box(GTK_ORIENTATION_VERTICAL, spacing: spacing, children)
    }

    func append(_ child: Widget) { gtk_box_append(cast(), child.widget) }
    func remove(_ child: Widget) { gtk_box_remove(cast(), child.widget) }

    func removeAll() {
        while let child = gtk_widget_get_first_child(widget) { gtk_box_remove(cast(), child) }
    }
}

/// Puts children over each other.
final class Overlay: Widget {
    init(_ child: Widget) {
        super.init(gtk_overlay_new())
        gtk_overlay_set_child(opaque, child.widget)
    }

    func add(_ child: Widget) { gtk_overlay_add_overlay(opaque, child.widget) }
}

/// Shows one of its children. The others are hidden from screen readers as well, which GtkStack does
/// not do by itself.
final class Stack: Widget {
    private var children: [String: Widget] = [:]
    private(set) var shown: String?

    init() { super.init(gtk_stack_new()) }

    func add(_ child: Widget, _ name: String) {
        child.isVisible = children.isEmpty
        children[name] = child
        gtk_stack_add_named(opaque, child.widget, name)
        if children.count == 1 { shown = name }
    }

    func show(_ name: String) {
        guard name != shown, let child = children[name] else { return }
        child.isVisible = true
        gtk_stack_set_visible_child(opaque, child.widget)
        if let shown { children[shown]?.isVisible = false }
        shown = name
    }
}

/// Slides its child in and out.
final class Revealer: Widget {
    init(_ child: Widget) {
        super.init(gtk_revealer_new())
        gtk_revealer_set_child(opaque, child.widget)
    }

    var isRevealed: Bool {
        get { gtk_revealer_get_reveal_child(opaque) != 0 }
        set { gtk_revealer_set_reveal_child(opaque, newValue ? 1 : 0) }
    }
}

/// Shows its child once it is asked for more.
final class Expander: Widget {
    init(_ label: String, _ child: Widget) {
        super.init(gtk_expander_new_with_mnemonic(label))
        gtk_expander_set_child(opaque, child.widget)
    }
}

/// Two children with a handle between them.
final class Paned: Widget {
    init(_ start: Widget, _ end: Widget, position: Int32) {
        super.init(gtk_paned_new(GTK_ORIENTATION_HORIZONTAL))
        gtk_paned_set_start_child(opaque, start.widget)
        gtk_paned_set_end_child(opaque, end.widget)
        gtk_paned_set_resize_start_child(opaque, 0)
        gtk_paned_set_shrink_start_child(opaque, 0)
        gtk_paned_set_shrink_end_child(opaque, 0)
        gtk_paned_set_position(opaque, position)
    }

    var position: Int32 { gtk_paned_get_position(opaque) }
}

final class ScrolledWindow: Widget {
    init(
        _ child: Widget, horizontal: GtkPolicyType = GTK_POLICY_NEVER,
        vertical: GtkPolicyType = GTK_POLICY_AUTOMATIC
    ) {
        super.init(gtk_scrolled_window_new())
        gtk_scrolled_window_set_policy(opaque, horizontal, vertical)
        gtk_scrolled_window_set_child(opaque, child.widget)
    }

    @discardableResult
    func contentHeight(_ minimum: Int32, maximum: Int32) -> Self {
        gtk_scrolled_window_set_min_content_height(opaque, minimum)
        gtk_scrolled_window_set_max_content_height(opaque, maximum)
        gtk_scrolled_window_set_propagate_natural_height(opaque, 1)
        return self
    }

    var adjustment: Adjustment { Adjustment(gtk_scrolled_window_get_vadjustment(opaque)) }
}

/// Where a scrolled area stands.
final class Adjustment: Object {
    init(_ adjustment: UnsafeMutablePointer<GtkAdjustment>?) {
        super.init(UnsafeMutableRawPointer(adjustment.unsafelyUnwrapped))
    }

    var value: Double {
        get { gtk_adjustment_get_value(cast()) }
        set { gtk_adjustment_set_value(cast(), newValue) }
    }
    var upper: Double { gtk_adjustment_get_upper(cast()) }
    var page: Double { gtk_adjustment_get_page_size(cast()) }
    var left: Double { upper - page - value }
}
#endif
