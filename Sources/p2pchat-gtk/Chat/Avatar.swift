#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The round picture of somebody: their initials on their colour, with their presence beside it.
@GtkThread
final class Avatar {
    let root: Widget
    private let letters = Label().centred()
    private let circle: Box
    private let dot = Box.row().classes("dot")
    private var colour: String?
    private var state: String?

    init(small: Bool = false) {
        circle = Box.row([letters.expand(horizontally: true)]).classes("avatar")
        circle.align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER)
        if small { circle.classes("small") }
        let overlay = Overlay(circle)
        dot.align(GTK_ALIGN_END, GTK_ALIGN_END)
        overlay.add(dot)
        overlay.align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER)
        // What is inside wants room for itself alone.
        gtk_widget_set_hexpand(overlay.widget, 0)
        root = overlay
    }

    func show(_ item: ContactItem, presence: Bool = true) {
        letters.text = item.initials
        let new = "c\(item.colour)"
        if let colour { circle.setClass(colour, false) }
        circle.setClass(new, true)
        colour = new
        if let state { dot.setClass(state, false) }
        state = item.presence.rawValue
        dot.setClass(item.presence.rawValue, true)
        dot.isVisible = presence && item.presence != .offline
    }
}
#endif
