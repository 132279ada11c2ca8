#if Desktop
import CGtk
import P2PChat

/// What the main window can be filled with.
@GtkThread
protocol Page: AnyObject {
    var root: Widget { get }
    /// Called once it is in the window.
    func appeared()
}

extension Page {
    func appeared() {}
}

/// The window that everything happens in.
final class MainWindow: Window {
    private let frame = Box.column()
    private var page: (any Page)?

    init(_ app: App, plain: Bool) {
        super.init(application: app.application.cast())
        title = plain ? "p2pchat – plain text" : "p2pchat"
        defaultSize = (980, 680)
        size(360, 300)
        // The pages have header bars of their own.
        let none = Box.row()
        none.isVisible = false
        setTitlebar(none)
        if plain { frame.append(Self.plainBanner()) }
        setChild(frame)
    }

    /// It stays, whatever is shown below.
    private static func plainBanner() -> Widget {
        let text = Label(
            "Plain text: no encryption, and nobody is who they say. Anybody on the way can read "
                + "and change everything. For tests with the original program only."
        ).wrapping().expand(horizontally: true)
        let banner = Box.row(spacing: 12, [Image(icon: "dialog-warning-symbolic", size: 20), text])
        return banner.classes("banner").accessible("Warning: plain text, no encryption")
    }

    func show(_ page: any Page) {
        if let old = self.page { frame.remove(old.root) }
        self.page = page
        frame.append(page.root.expand(horizontally: true, vertically: true))
        page.appeared()
    }

    func showBusy() { show(BusyPage()) }
}

/// While the home is opened: mostly too short to be seen.
private final class BusyPage: Page {
    let root: Widget

    init() {
        let spinner = Widget(gtk_spinner_new()).size(32, 32).align(
            GTK_ALIGN_CENTER, GTK_ALIGN_CENTER)
        spinner.expand(horizontally: true, vertically: true)
        gtk_spinner_start(spinner.opaque)
        root = Box.column([HeaderBar(title: Label("")), spinner]).accessible("Starting")
    }
}

/// A page in the middle of the window: first run, unlocking, problems.
@GtkThread
final class CentredPage {
    let root: Widget
    let content = Box.column(spacing: 14)

    init(title: String? = nil) {
        content.size(420).align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER).margin(all: 24)
        content.expand(horizontally: true, vertically: true)
        let header = HeaderBar(title: Label(title ?? ""))
        root = Box.column([
            header, ScrolledWindow(content).expand(horizontally: true, vertically: true),
        ])
    }

    func add(_ children: Widget...) {
        for child in children { content.append(child) }
    }

    func heading(_ title: String, _ text: String) {
        add(
            Label(title, "title-1").centred().wrapping(),
            Label(text, "quiet").centred().wrapping(maxCharacters: 52))
    }
}

/// A label with what it names below it.
@GtkThread
func labelled(_ name: String, _ field: Widget, _ hint: Widget? = nil) -> Box {
    let label = Label(name, "heading", "small")
    field.accessible(name)
    let column = Box.column(spacing: 5, [label, field])
    if let hint { column.append(hint) }
    return column
}
#endif
