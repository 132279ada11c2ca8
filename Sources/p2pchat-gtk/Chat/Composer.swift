#if Desktop
import CGtk
import ChatDesktopModel

/// Where messages are written. Enter sends, Shift+Enter begins a new line.
@GtkThread
final class Composer {
    let root: Widget
    var onSend: (@GtkThread (String) -> Void)?
    var onTyping: (@GtkThread (Bool) -> Void)?
    private let view = TextView().padding(16, 12)
    private let hint = Label("", "quiet", "small").align(GTK_ALIGN_END)
    private let placeholder = Label("Write a message", "quiet")
    private let sendButton: Button
    private var lastTyping = 0.0

    init() {
        var send: (@GtkThread () -> Void)?
        sendButton = Button(icon: "go-up-symbolic", "Send") { send?() }
        sendButton.classes("suggested-action").align(nil, GTK_ALIGN_END)
        let scroll = ScrolledWindow(view).contentHeight(42, maximum: 190)
        scroll.expand(horizontally: true)
        let area = Overlay(scroll)
        placeholder.margin(top: 12, start: 17).align(GTK_ALIGN_START, GTK_ALIGN_START)
        gtk_widget_set_can_target(placeholder.widget, 0)
        area.add(placeholder)
        area.expand(horizontally: true)
        let frame = Box.row([area, sendButton]).classes("composer")
        root = Box.column(spacing: 2, [hint, frame]).margin(
            top: 6, bottom: 12, start: 16, end: 16)
        view.accessible("Message", description: "Enter sends, Shift and Enter begin a new line")
        send = { [weak self] in self?.send() }
        view.onKey(capture: true) { [weak self] key, modifiers in
            self?.take(key, modifiers) ?? false
        }
        view.onChange { [weak self] in self?.changed() }
        changed()
    }

    var text: String {
        get { view.text }
        set { view.text = newValue }
    }

    func focus() { view.focus() }

    private func take(_ key: UInt32, _ modifiers: UInt32) -> Bool {
        guard [guint(GDK_KEY_Return), guint(GDK_KEY_KP_Enter)].contains(key),
            modifiers & GDK_SHIFT_MASK.rawValue == 0
        else { return false }
        send()
        return true
    }

    private func send() {
        let text = view.text
        guard ComposerLimit(text).maySend else { return }
        view.text = ""
        onTyping?(false)
        onSend?(text)
    }

    private func changed() {
        let text = view.text
        let limit = ComposerLimit(text)
        hint.text = limit.hint ?? ""
        hint.isVisible = limit.hint != nil
        hint.setClass("bad", limit.isOver)
        sendButton.isSensitive = limit.maySend
        placeholder.isVisible = text.isEmpty
        let now = Clock.now()
        if !text.isEmpty, now - lastTyping > 3 {
            lastTyping = now
            onTyping?(true)
        }
    }
}
#endif
