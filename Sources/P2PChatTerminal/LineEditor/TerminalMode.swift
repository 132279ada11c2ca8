#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The terminal's settings as the program found them, and how to give them back.
struct TerminalMode: Sendable {
    private let descriptor: CInt
    private let original: termios

    /// Nil where the descriptor is no terminal.
    init?(_ descriptor: CInt) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        original = settings
    }

    /// Keys come one by one, unseen, and none of them is a signal.
    func setRaw() {
        var settings = original
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        tcsetattr(descriptor, TCSADRAIN, &settings)
    }

    /// - Parameter atOnce: does not wait for output that somebody holds up.
    func restore(atOnce: Bool = false) {
        var settings = original
        tcsetattr(descriptor, atOnce ? TCSANOW : TCSADRAIN, &settings)
    }

    /// The window's columns and rows; 80 by 24 where it says nothing.
    static func size(_ descriptor: CInt) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
    }

    /// Makes libedit and `wcwidth` read and draw UTF-8, also under a locale that says otherwise:
    /// messages are UTF-8 whatever the locale.
    static func useUTF8() {
        setlocale(LC_CTYPE, "")
        for name in ["C.UTF-8", "en_US.UTF-8", "UTF-8"] {
            if let codeset = nl_langinfo(nl_item(CODESET)), strcmp(codeset, "UTF-8") == 0 { return }
            setlocale(LC_CTYPE, name)
        }
    }
}
