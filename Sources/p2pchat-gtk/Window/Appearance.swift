#if Desktop
import CGtk
import ChatDesktopModel

/// Light or dark, as the user has said here or to the desktop, and high contrast.
@GtkThread
final class Appearance {
    var choice: WindowSettings.Appearance = .system {
        didSet { apply() }
    }
    /// What the desktop says; false where it says nothing.
    private var desktopIsDark = false
    private var portal: UnsafeMutablePointer<GDBusProxy>?
    private let settings: Object?

    init() {
        settings = gtk_settings_get_default().map { settings in
            g_object_ref(UnsafeMutableRawPointer(settings))
            return Object(owning: UnsafeMutableRawPointer(settings))
        }
        desktopIsDark =
            settings.map {
                CGtk_boolean($0.raw, "gtk-application-prefer-dark-theme") != 0
            } ?? false
        settings?.onNotify("gtk-theme-name") { [weak self] in self?.apply() }
        Style.install()
        apply()
        askDesktop()
    }

    private func apply() {
        let dark = choice == .dark || (choice == .system && desktopIsDark)
        if let settings {
            CGtk_set_boolean(
                settings.raw, "gtk-application-prefer-dark-theme", dark ? 1 : 0)
        }
        let theme = settings.flatMap { settings -> String? in
            guard let name = CGtk_string(settings.raw, "gtk-theme-name") else { return nil }
            defer { g_free(name) }
            return String(cString: name)
        }
        let contrast = theme?.contains("ontrast") == true || theme?.contains("-hc") == true
        Style.apply(dark: dark, highContrast: contrast)
    }

    /// The settings portal (org.freedesktop.appearance) says what the user prefers everywhere. GTK
    /// does not ask it by itself.
    private func askDesktop() {
        let callback: GAsyncReadyCallback = { _, result, data in
            guard let data else { return }
            GtkThread.assume {
                let appearance = Unmanaged<Appearance>.fromOpaque(data).takeRetainedValue()
                appearance.portal = g_dbus_proxy_new_for_bus_finish(result, nil)
                appearance.readDesktop()
            }
        }
        g_dbus_proxy_new_for_bus(
            G_BUS_TYPE_SESSION,
            GDBusProxyFlags(
                rawValue: G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION.rawValue), nil,
            "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings", nil, callback,
            Unmanaged.passRetained(self).toOpaque())
    }

    private func readDesktop() {
        guard let portal else { return }
        g_object_ref(UnsafeMutableRawPointer(portal))
        Object(owning: UnsafeMutableRawPointer(portal)).on("g-signal::SettingChanged") {
            [weak self] in self?.requestScheme()
        }
        requestScheme()
    }

    private func requestScheme() {
        guard let portal else { return }
        let callback: GAsyncReadyCallback = { source, result, data in
            guard let data else { return }
            GtkThread.assume {
                let appearance = Unmanaged<Appearance>.fromOpaque(data).takeRetainedValue()
                guard let source,
                    let answer = g_dbus_proxy_call_finish(
                        UnsafeMutableRawPointer(source).assumingMemoryBound(to: GDBusProxy.self),
                        result, nil)
                else { return }
                appearance.desktopIsDark = CGtk_nested_uint32(answer) == 1
                g_variant_unref(answer)
                appearance.apply()
            }
        }
        g_dbus_proxy_call(
            portal, "Read", CGtk_two_strings("org.freedesktop.appearance", "color-scheme"),
            G_DBUS_CALL_FLAGS_NONE, 2_000, nil, callback, Unmanaged.passRetained(self).toOpaque())
    }
}
#endif
