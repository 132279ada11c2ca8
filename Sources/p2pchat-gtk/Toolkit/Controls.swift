#if Desktop
import CGtk
import P2PChat

/// Text. Never markup: what peers wrote is shown letter by letter.
final class Label: Widget {
    init(_ text: String = "", _ names: String...) {
        super.init(gtk_label_new(text))
        gtk_label_set_xalign(opaque, 0)
        for name in names { classes(name) }
    }

    var text: String {
        get { String(cString: gtk_label_get_text(opaque)) }
        set { gtk_label_set_text(opaque, newValue) }
    }

    @discardableResult
    func wrapping(maxCharacters: Int32? = nil) -> Self {
        gtk_label_set_wrap(opaque, 1)
        gtk_label_set_wrap_mode(opaque, PANGO_WRAP_WORD_CHAR)
        if let maxCharacters { gtk_label_set_max_width_chars(opaque, maxCharacters) }
        return self
    }

    @discardableResult
    func ellipsized() -> Self {
        gtk_label_set_ellipsize(opaque, PANGO_ELLIPSIZE_END)
        return self
    }

    @discardableResult
    func centred() -> Self {
        gtk_label_set_xalign(opaque, 0.5)
        gtk_label_set_justify(opaque, GTK_JUSTIFY_CENTER)
        return self
    }

    @discardableResult
    func selectable() -> Self {
        gtk_label_set_selectable(opaque, 1)
        return self
    }

    /// A fingerprint, in lines of 16 pairs.
    static func fingerprint(_ value: Fingerprint) -> Label {
        let pairs = value.description.split(separator: ":")
        let lines = stride(from: 0, to: pairs.count, by: 16).map {
            pairs[$0..<min($0 + 16, pairs.count)].joined(separator: ":")
        }
        let label = Label(lines.joined(separator: "\n"), "code").selectable()
        return label.accessible(value.description)
    }

    /// Underlines these ranges of bytes.
    func underline(_ ranges: [Range<Int>]) {
        let attributes = pango_attr_list_new()
        for range in ranges {
            guard let attribute = pango_attr_underline_new(PANGO_UNDERLINE_SINGLE) else { continue }
            attribute.pointee.start_index = guint(range.lowerBound)
            attribute.pointee.end_index = guint(range.upperBound)
            pango_attr_list_insert(attributes, attribute)
        }
        gtk_label_set_attributes(opaque, attributes)
        pango_attr_list_unref(attributes)
    }
}

final class Image: Widget {
    init(icon: String, size: Int32 = 16) {
        super.init(gtk_image_new_from_icon_name(icon))
        gtk_image_set_pixel_size(opaque, size)
        hideFromScreenReaders(self)
    }

    var icon: String? {
        didSet { gtk_image_set_from_icon_name(opaque, icon) }
    }
}

/// A picture beside words that say the same is nothing for a screen reader.
@GtkThread
private func hideFromScreenReaders(_ widget: Widget) {
    var property = GTK_ACCESSIBLE_STATE_HIDDEN
    var value = GValue()
    gtk_accessible_state_init_value(property, &value)
    g_value_set_boolean(&value, 1)
    gtk_accessible_update_state_value(widget.opaque, 1, &property, &value)
    g_value_unset(&value)
}

final class Button: Widget {
    init(_ label: String, _ action: @escaping @GtkThread () -> Void) {
        super.init(gtk_button_new_with_mnemonic(label))
        CGtk_accessible_by_content(raw)
        on("clicked", action)
    }

    /// Icons alone say nothing to a screen reader: the name is for it, and for the tooltip.
    init(icon: String, _ name: String, _ action: @escaping @GtkThread () -> Void) {
        super.init(gtk_button_new_from_icon_name(icon))
        tooltip(name).accessible(name)
        on("clicked", action)
    }

    init(child: Widget, _ action: @escaping @GtkThread () -> Void) {
        super.init(gtk_button_new())
        gtk_button_set_child(cast(), child.widget)
        on("clicked", action)
    }

    var label: String {
        get { gtk_button_get_label(cast()).map { String(cString: $0) } ?? "" }
        set {
            gtk_button_set_label(cast(), newValue)
            CGtk_accessible_by_content(raw)
        }
    }
}

final class ToggleButton: Widget {
    init(icon: String, _ name: String) {
        super.init(gtk_toggle_button_new())
        gtk_button_set_icon_name(cast(), icon)
        tooltip(name).accessible(name)
    }

    var isActive: Bool {
        get { gtk_toggle_button_get_active(cast()) != 0 }
        set { gtk_toggle_button_set_active(cast(), newValue ? 1 : 0) }
    }
}

/// A button that opens a popover or a menu.
final class MenuButton: Widget {
    init(icon: String, _ name: String, menu: Menu) {
        super.init(gtk_menu_button_new())
        gtk_menu_button_set_icon_name(opaque, icon)
        gtk_menu_button_set_menu_model(opaque, menu.cast())
        gtk_menu_button_set_primary(opaque, 1)
        tooltip(name).accessible(name)
    }

    init(child: Widget, _ name: String, popover: Popover) {
        super.init(gtk_menu_button_new())
        gtk_menu_button_set_child(opaque, child.widget)
        gtk_menu_button_set_popover(opaque, popover.widget)
        tooltip(name).accessible(name)
    }

    func close() { gtk_menu_button_popdown(opaque) }
}

final class Popover: Widget {
    init(_ child: Widget) {
        super.init(gtk_popover_new())
        gtk_popover_set_child(cast(), child.widget)
    }

    func show(at parent: Widget) {
        gtk_widget_set_parent(widget, parent.widget)
        gtk_popover_popup(cast())
    }
}

final class CheckButton: Widget {
    init(_ label: String) { super.init(gtk_check_button_new_with_mnemonic(label)) }

    var isActive: Bool {
        get { gtk_check_button_get_active(cast()) != 0 }
        set { gtk_check_button_set_active(cast(), newValue ? 1 : 0) }
    }
}

final class Switch: Widget {
    init() {
        super.init(gtk_switch_new())
        align(nil, GTK_ALIGN_CENTER)
    }

    var isActive: Bool {
        get { gtk_switch_get_active(opaque) != 0 }
        set { gtk_switch_set_active(opaque, newValue ? 1 : 0) }
    }
}

final class DropDown: Widget {
    init(_ choices: [String]) {
        let list = gtk_string_list_new(nil)
        for choice in choices { gtk_string_list_append(list, choice) }
        super.init(gtk_drop_down_new(list, nil))
    }

    /// The focus is on the button inside.
    @discardableResult
    override func accessible(_ label: String, description: String? = nil) -> Self {
        if let button = gtk_widget_get_first_child(widget) {
            CGtk_accessible_label(UnsafeMutableRawPointer(button), label)
        }
        return super.accessible(label, description: description)
    }

    var selected: Int {
        get { Int(gtk_drop_down_get_selected(opaque)) }
        set { gtk_drop_down_set_selected(opaque, guint(newValue)) }
    }
}

/// One line to type into.
final class Entry: Widget {
    /// - Parameter kind: GTK's class: plain, for a passphrase, for a search.
    enum Kind { case plain, passphrase, search }

    init(_ kind: Kind = .plain, placeholder: String? = nil) {
        switch kind {
        case .plain:
            super.init(gtk_entry_new())
            gtk_entry_set_placeholder_text(cast(), placeholder)
        case .passphrase:
            super.init(gtk_password_entry_new())
            gtk_password_entry_set_show_peek_icon(opaque, 1)
            if let placeholder { CGtk_set_string(raw, "placeholder-text", placeholder) }
        case .search:
            super.init(gtk_search_entry_new())
            if let placeholder { CGtk_set_string(raw, "placeholder-text", placeholder) }
        }
    }

    var text: String {
        get { String(cString: gtk_editable_get_text(opaque)) }
        set { gtk_editable_set_text(opaque, newValue) }
    }

    func onChange(_ action: @escaping @GtkThread () -> Void) { on("changed", action) }
    func onActivate(_ action: @escaping @GtkThread () -> Void) { on("activate", action) }

    func selectAll() { gtk_editable_select_region(opaque, 0, -1) }
}
#endif
