#if Desktop
import CGtk

/// A list model whose items are Swift values, each in a GObject of its own.
final class ListModel<Item>: Object {
    init() {
        super.init(owning: UnsafeMutableRawPointer(g_list_store_new(CGtk_type_object())))
    }

    var count: Int { Int(g_list_model_get_n_items(opaque)) }

    func splice(at position: Int, removing count: Int, inserting items: [Item]) {
        guard count > 0 || !items.isEmpty else { return }
        var objects: [UnsafeMutableRawPointer?] = items.map { item in
            let object = UnsafeMutableRawPointer(CGtk_new_object())
            if let object { Object.keep(ItemBox(item), in: object) }
            return object
        }
        g_list_store_splice(
            opaque, guint(position), guint(count), &objects, guint(objects.count))
        for object in objects { g_object_unref(object) }
    }

    func item(at position: Int) -> Item? {
        guard let object = g_list_model_get_object(opaque, guint(position)) else { return nil }
        defer { g_object_unref(object) }
        return Self.item(of: UnsafeMutableRawPointer(object))
    }

    static func item(of object: UnsafeMutableRawPointer?) -> Item? {
        Object.kept(ItemBox<Item>.self, in: object)?.item
    }
}

private final class ItemBox<Item> {
    let item: Item

    init(_ item: Item) { self.item = item }
}

/// What shows one item of a list, and is given another when it has scrolled out of sight.
@GtkThread
protocol ListRow: AnyObject {
    associatedtype Item
    var root: Widget { get }
    func show(_ item: Item)
    /// What a screen reader says for the whole row.
    func spoken(_ item: Item) -> String
}

/// A list that keeps widgets for what is in sight, not for what is in the model.
final class ListView<Row: ListRow>: Widget {
    let model: ListModel<Row.Item>
    private let selection: Object

    /// - Parameter selects: whether one row is always selected.
    init(_ model: ListModel<Row.Item>, selects: Bool, make: @escaping @GtkThread () -> Row) {
        self.model = model
        g_object_ref(model.raw)
        let factory = Object(
            owning: UnsafeMutableRawPointer(
                gtk_signal_list_item_factory_new().unsafelyUnwrapped))
        let selectionModel: OpaquePointer
        if selects {
            selectionModel = gtk_single_selection_new(model.opaque).unsafelyUnwrapped
            gtk_single_selection_set_autoselect(selectionModel, 0)
            gtk_single_selection_set_can_unselect(selectionModel, 1)
        } else {
            selectionModel = gtk_no_selection_new(model.opaque).unsafelyUnwrapped
        }
        selection = Object(owning: UnsafeMutableRawPointer(selectionModel))
        g_object_ref(selection.raw)
        g_object_ref(factory.raw)
        super.init(gtk_list_view_new(selectionModel, factory.opaque))
        factory.on(argument: "setup") { item in
            let row = make()
            gtk_list_item_set_child(OpaquePointer(item), row.root.widget)
            gtk_list_item_set_activatable(OpaquePointer(item), selects ? 1 : 0)
            gtk_list_item_set_selectable(OpaquePointer(item), selects ? 1 : 0)
            Object.keep(row, in: item)
        }
        factory.on(argument: "bind") { item in
            guard let row = Object.kept(Row.self, in: item),
                let value = ListModel<Row.Item>.item(
                    of: UnsafeMutableRawPointer(gtk_list_item_get_item(OpaquePointer(item))))
            else { return }
            row.show(value)
            // The focus is on the list's own widget around the row.
            CGtk_accessible_label(
                UnsafeMutableRawPointer(gtk_widget_get_parent(row.root.widget)),
                row.spoken(value))
        }
        factory.on(argument: "teardown") { item in
            g_object_set_data(item.assumingMemoryBound(to: GObject.self), "p2pchat", nil)
        }
    }

    var selected: Int? {
        get {
            let position = gtk_single_selection_get_selected(selection.opaque)
            return position == guint.max ? nil : Int(position)
        }
        set {
            gtk_single_selection_set_selected(selection.opaque, newValue.map { guint($0) } ?? .max)
        }
    }

    func onSelection(_ action: @escaping @GtkThread () -> Void) {
        selection.onNotify("selected", action)
    }

    func scroll(to position: Int) {
        gtk_widget_activate_action_variant(
            widget, "list.scroll-to-item", g_variant_new_uint32(guint32(position)))
    }
}
#endif
