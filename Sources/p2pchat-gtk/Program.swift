#if Desktop
import CGtk
import ChatDesktopModel
import Glibc
import P2PChat

@main
enum Program {
    static func main() {
        // GTK's thread is this one, from now on: see LoopExecutor.
        g_main_context_acquire(nil)
        signal(SIGPIPE, SIG_IGN)
        CoreDumps.forbid()
        OpenFiles.raiseLimit()
        do throws(NodeFailure) {
            switch try DesktopOptions.parse(Array(CommandLine.arguments.dropFirst())) {
            case .help: print(DesktopOptions.help)
            case .version: print("p2pchat-gtk \(Release.version)")
            case .window(let options):
                forgoAccessibilityWithoutBus()
                guard gtk_init_check() != 0 else {
                    complain("there is no display: start it in a desktop session, or use p2pchat.")
                    exit(EX_UNAVAILABLE)
                }
                exit(GtkThread.assume { App(options).run() })
            }
        } catch {
            complain(error.description)
            exit(EX_USAGE)
        }
    }

    /// GTK 4.8 crashes where it finds the accessibility bus and no session bus. There is no screen
    /// reader in such a place.
    private static func forgoAccessibilityWithoutBus() {
        if let bus = g_bus_get_sync(G_BUS_TYPE_SESSION, nil, nil) {
            g_object_unref(UnsafeMutableRawPointer(bus))
        } else {
            setenv("GTK_A11Y", "none", 1)
        }
    }

    private static func complain(_ text: String) {
        "p2pchat-gtk: \(text)\n".withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
    }
}
#else
import P2PChat

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@main
enum Program {
    static func main() {
        let text =
            "p2pchat-gtk: this was built without its window; build it with "
            + "'swift build --traits Desktop'.\n"
        text.withCString { _ = write(STDERR_FILENO, $0, strlen($0)) }
        exit(EX_UNAVAILABLE)
    }
}
#endif
