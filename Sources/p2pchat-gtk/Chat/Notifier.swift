#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Notifications of the desktop. What they say can be read on a locked screen: unless the user
/// wants it otherwise, only that there is something.
@GtkThread
final class Notifier {
    private weak var app: App?

    init(_ app: App) { self.app = app }

    func announce(
        _ message: IncomingMessage, count: Int, window: Window, _ settings: WindowSettings,
        selected: Bool
    ) {
        guard settings.notifications, !(window.isActive && selected) else { return }
        let id = Self.name(of: ConversationID(message.peer))
        guard settings.notificationContent else {
            return send(id, title: "New message", body: nil)
        }
        let name = SafeText.singleLine(message.peer.name, limit: 64)
        let title = count > 1 ? "\(name) and others, \(count) messages" : name
        send(
            id, title: title, body: ContactItem.preview(of: message.content, isOurs: false))
    }

    func announce(_ request: ContactRequest, window: Window, _ settings: WindowSettings) {
        guard settings.notifications, !window.isActive else { return }
        let name = SafeText.singleLine(request.name, limit: 64)
        send(
            "request", title: "Somebody wants to talk with you",
            body: settings.notificationContent ? "They call themselves \(name)." : nil)
    }

    func withdraw(_ id: ConversationID) {
        guard let app else { return }
        g_application_withdraw_notification(app.application.cast(), Self.name(of: id))
    }

    private func send(_ id: String, title: String, body: String?) {
        guard let app, let notification = g_notification_new(title) else { return }
        defer { g_object_unref(UnsafeMutableRawPointer(notification)) }
        if let body { g_notification_set_body(notification, body) }
        g_notification_set_default_action(notification, "app.raise")
        g_application_send_notification(app.application.cast(), id, notification)
    }

    private static func name(of id: ConversationID) -> String {
        switch id {
        case .contact(let fingerprint): fingerprint.description
        case .plain(let plain): "plain-\(plain.host)"
        }
    }
}
#endif
