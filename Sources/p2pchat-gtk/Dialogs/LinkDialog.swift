#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Shows where a link goes before it is opened.
final class LinkDialog: Window {
    init(_ link: Link, over parent: Window) {
        super.init(over: parent, title: "Open this link?", width: 460)
        classes("sheet")
        let content = Box.column(spacing: 14).margin(top: 4, bottom: 22, start: 24, end: 24)
        content.append(
            Label(SafeText.singleLine(link.host, limit: 200), "title-2").centred().wrapping())
        content.append(
            Label(SafeText.singleLine(link.target, limit: 2_000), "code", "small")
                .wrapping(maxCharacters: 56).selectable())
        if link.looksForeign {
            content.append(
                Label(
                    "This name has letters of another script: it may look like a place that it is "
                        + "not.", "bad"
                ).wrapping())
        }
        content.append(
            Label(
                "Whoever runs it sees your address, and that you opened it.", "quiet", "small"
            ).wrapping())
        let target = link.target
        let copy = Button("_Copy") { [weak self] in
            Clipboard.copy(target)
            self?.close()
        }
        let open = Button("_Open in the browser") { [weak self, weak parent] in
            gtk_show_uri(parent?.cast(), target, guint32(GDK_CURRENT_TIME))
            self?.close()
        }
        let cancel = Button("C_ancel") { [weak self] in self?.close() }
        content.append(
            Box.row(
                spacing: 10,
                [
                    cancel.classes("pill"), copy.classes("pill"),
                    open.classes("suggested-action", "pill"),
                ]
            ).align(GTK_ALIGN_CENTER))
        setTitlebar(HeaderBar())
        setChild(content)
        cancel.focus()
    }
}
#endif
