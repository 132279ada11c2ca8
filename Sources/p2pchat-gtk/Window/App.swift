#if Desktop
import CGtk
import ChatDesktopModel
import Glibc
import P2PChat

/// The program: one instance for a home, one window, and what the window shows at the moment.
@GtkThread
final class App {
    static let identifier = "org.p2pchat.Desktop"

    let application: Object
    let appearance: Appearance
    private let options: DesktopOptions
    private var starter: Starter
    private var window: MainWindow?
    private var chat: Chat?
    private var isEnding = false

    init(_ options: DesktopOptions) {
        self.options = options
        starter = Starter(options)
        let flags = options.insecure ? G_APPLICATION_NON_UNIQUE : GApplicationFlags(rawValue: 0)
        application = Object(
            owning: UnsafeMutableRawPointer(
                gtk_application_new(Self.identifier(for: options), flags).unsafelyUnwrapped))
        g_set_application_name("p2pchat")
        g_set_prgname(Self.identifier)
        gtk_window_set_default_icon_name(Self.identifier)
        appearance = Appearance()
    }

    /// The plain one for the usual home, so that the desktop finds its entry; with the home's and
    /// user's hash for any other, so that each is a program of its own.
    private static func identifier(for options: DesktopOptions) -> String {
        let home = (try? IdentityHome.resolve(option: options.home))?.path ?? ""
        let usual = (try? IdentityHome.resolve(option: nil, environment: usualEnvironment))?.path
        guard home != usual || options.user != nil || options.insecure else { return identifier }
        let text = home + "\n" + (options.user?.text ?? "") + (options.insecure ? "\nplain" : "")
        guard let sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1) else {
            return identifier
        }
        defer { g_free(sum) }
        return identifier + ".h" + String(cString: sum).prefix(16)
    }

    private static func usualEnvironment(_ name: String) -> String? {
        name == "P2PCHAT_HOME" ? nil : IdentityHome.systemEnvironment(name)
    }

    func run() -> Int32 {
        application.on("activate") { [weak self] in self?.activate() }
        for number in [SIGINT, SIGTERM, SIGHUP] { endOnSignal(number) }
        return g_application_run(application.cast(), 0, nil)
    }

    private func activate() {
        if let window {
            window.present()
            return
        }
        let window = MainWindow(self, plain: options.insecure)
        self.window = window
        window.on(asking: "close-request") { [weak self] in
            self?.end()
            return true
        }
        Actions.install(on: self)
        window.present()
        start()
    }

    /// Starts, or tries again.
    func start(
        user: UserName? = nil, listen: PeerAddress? = nil, port: Int? = nil,
        passphrase: Passphrase? = nil
    ) {
        if let user { starter.user = user }
        if let listen { starter.listen = listen }
        if let port { starter.port = port }
        window?.showBusy()
        let starter = starter
        Task {
            let outcome = await starter.start(passphrase: passphrase)
            show(outcome)
        }
    }

    private func show(_ outcome: Startup) {
        guard let window, !isEnding else { return }
        switch outcome {
        case .firstRun(let home):
            window.show(FirstRunPage(home, app: self))
        case .choose(let home, let users):
            window.show(ChooserPage(home, users, app: self))
        case .passphrase(let folder, let complaint):
            window.show(UnlockPage(folder, complaint: complaint, app: self))
        case .problem(let problem):
            window.show(ProblemPage(problem, app: self))
        case .running(let running):
            appearance.choice = running.settings.appearance
            let chat = Chat(running, app: self, window: window)
            self.chat = chat
            window.show(chat)
            chat.begin(connecting: options.connect)
        }
    }

    func showFirstRun() {
        guard let home = try? IdentityHome.resolve(option: options.home) else { return }
        window?.show(FirstRunPage(home, app: self))
    }

    var currentChat: Chat? { chat }
    var mainWindow: MainWindow? { window }

    /// Says goodbye to everybody, and ends. What is still to be sent is on disk.
    func end() {
        guard !isEnding else { return }
        isEnding = true
        let size = window?.defaultSize
        window?.isVisible = false
        let chat = chat
        Task {
            await chat?.end(windowSize: size)
            g_application_quit(application.cast())
        }
    }

    private func endOnSignal(_ number: Int32) {
        g_unix_signal_add(
            number,
            { data in
                guard let data else { return 0 }
                GtkThread.assume { Unmanaged<App>.fromOpaque(data).takeUnretainedValue().end() }
                return 1
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
#endif
