#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// The settings: the node's and the window's own. Each takes effect at once.
final class PreferencesDialog: Window {
    var onNode: (@GtkThread (Preferences) -> Void)?
    var onWindow: (@GtkThread (WindowSettings) -> Void)?
    private let receipts = Switch()
    private let typing = Switch()
    private let notifications = Switch()
    private let content = Switch()
    private let appearance = DropDown(["As the desktop", "Light", "Dark"])
    private let host = Entry(placeholder: "Every address")
    private let port = Entry()
    private let beacon = Switch()
    private let discoverable = Switch()
    private let internet = Switch()
    private let complaint = Label("", "bad").wrapping()
    private var settings: WindowSettings
    private var isFilling = true

    init(
        _ preferences: Preferences, _ settings: WindowSettings, isSecure: Bool, over parent: Window
    ) {
        self.settings = settings
        super.init(over: parent, title: "Preferences", width: 480)
        classes("sheet")
        receipts.isActive = preferences.readReceipts
        typing.isActive = preferences.typing
        notifications.isActive = settings.notifications
        content.isActive = settings.notificationContent
        appearance.selected =
            WindowSettings.Appearance.allCases.firstIndex(of: settings.appearance) ?? 0
        host.text = settings.host
        port.text = "\(settings.port)"
        beacon.isActive = settings.beacon
        discoverable.isActive = settings.discoverable
        internet.isActive = settings.internet
        let page = Box.column(spacing: 12).margin(top: 4, bottom: 24, start: 22, end: 22)
        page.append(
            group("Appearance", [row("Light or dark", nil, appearance)]))
        page.append(
            group(
                "Notifications",
                [
                    row("Show notifications", nil, notifications),
                    row(
                        "Show who wrote, and what",
                        "Otherwise only that there is a message.", content),
                ]))
        if isSecure {
            page.append(
                group(
                    "What contacts are told",
                    [
                        row("Read receipts", "That you have read their messages.", receipts),
                        row("Writing", "That you are writing to them.", typing),
                    ]))
            page.append(connection())
            page.append(finding())
        }
        setTitlebar(HeaderBar())
        // It is taller than small screens are.
        setChild(ScrolledWindow(page).contentHeight(300, maximum: 640))
        for toggle in [receipts, typing] {
            toggle.onNotify("active") { [weak self] in self?.nodeChanged() }
        }
        for toggle in [notifications, content, beacon, discoverable, internet] {
            toggle.onNotify("active") { [weak self] in self?.windowChanged() }
        }
        appearance.onNotify("selected") { [weak self] in self?.windowChanged() }
        for entry in [host, port] { entry.onChange { [weak self] in self?.windowChanged() } }
        isFilling = false
    }

    private func connection() -> Widget {
        complaint.isVisible = false
        let fields = Box.row(
            spacing: 12,
            [labelled("Your IP", host).expand(horizontally: true), labelled("Your port", port)])
        let hint = Label("Counts from the next start on.", "quiet", "small")
        let column = Box.column(spacing: 6, [fields, hint, complaint])
        return group("Connection", [column])
    }

    /// How contacts find each other; the terminal has options for it.
    private func finding() -> Widget {
        let isBuiltIn = ChatConfiguration.Discovery.reachesTheInternet
        internet.isSensitive = isBuiltIn
        return group(
            "Finding each other, from the next start on",
            [
                row(
                    "Find contacts on this network",
                    "By a signal that contacts alone understand.", beacon),
                row(
                    "Let everybody nearby see me",
                    "They get your name, fingerprint and address, and can send you a request.",
                    discoverable),
                row(
                    "Find contacts across the internet",
                    isBuiltIn
                        ? "By a distributed hash table, and a port of your router's."
                        : "This p2pchat was built without it.", internet),
            ])
    }

    private func group(_ title: String, _ rows: [Widget]) -> Widget {
        Box.column(
            spacing: 8,
            [Label(title, "heading", "small"), Box.column(spacing: 12, rows).classes("card")])
    }

    private func row(_ title: String, _ hint: String?, _ control: Widget) -> Widget {
        let text = Box.column([Label(title).wrapping()]).expand(horizontally: true)
        text.align(nil, GTK_ALIGN_CENTER)
        if let hint { text.append(Label(hint, "quiet", "small").wrapping()) }
        control.accessible(title)
        return Box.row(spacing: 12, [text, control])
    }

    private func nodeChanged() {
        onNode?(Preferences(readReceipts: receipts.isActive, typing: typing.isActive))
    }

    private func windowChanged() {
        guard !isFilling else { return }
        settings.notifications = notifications.isActive
        settings.notificationContent = content.isActive
        settings.beacon = beacon.isActive
        settings.discoverable = discoverable.isActive
        settings.internet = internet.isActive
        settings.appearance =
            WindowSettings.Appearance.allCases[
                min(appearance.selected, WindowSettings.Appearance.allCases.count - 1)]
        let place = host.text.trimmingBlanks
        complaint.isVisible = true
        guard let number = Int(port.text.trimmingBlanks), (0...65_535).contains(number) else {
            complaint.text = "A port is a number from 1 to 65535: 5555 is the usual one."
            return
        }
        guard place.isEmpty || PeerAddress(place, defaultPort: 1)?.host == place else {
            complaint.text = "Your IP is one of this machine's addresses; leave it empty for all."
            return
        }
        complaint.isVisible = false
        settings.host = place
        settings.port = number
        onWindow?(settings)
    }
}

extension Chat {
    func showPreferences() {
        let dialog = PreferencesDialog(
            preferences, settings, isSecure: node.isSecure, over: window)
        dialog.onNode = { [weak self] preferences in
            guard let self else { return }
            self.preferences = preferences
            Task {
                await attempt { [node] () async throws(NodeFailure) in
                    try await node.setPreferences(preferences)
                }
            }
        }
        dialog.onWindow = { [weak self] settings in
            guard let self else { return }
            self.settings = settings
            app?.appearance.choice = settings.appearance
            guard let store = running.store else { return }
            Task {
                do {
                    try await store.setPreferences(settings.values)
                } catch {
                    toast.say(SafeText.singleLine("\(error)", limit: 300))
                }
            }
        }
        dialog.present()
    }
}
#endif
