#if Desktop
import CGtk

/// Signals as closures. GLib owns the closure and frees it with the connection, so a closure that
/// holds its own widget strongly would keep both for ever: capture weakly.
extension Object {
    func on(_ signal: String, _ action: @escaping @GtkThread () -> Void) {
        let call: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = {
            _, data in
            GtkThread.assume { Action.of(data, as: Action.self)?.run() }
        }
        connect(signal, unsafeBitCast(call, to: GCallback.self), Action(action))
    }

    /// For signals with one argument of a pointer's size.
    func on(
        argument signal: String, _ action: @escaping @GtkThread (UnsafeMutableRawPointer) -> Void
    ) {
        let call:
            @convention(c) (
                UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
            ) -> Void = { _, argument, data in
                GtkThread.assume {
                    guard let argument else { return }
                    Action.of(data, as: ArgumentAction.self)?.run(argument)
                }
            }
        connect(signal, unsafeBitCast(call, to: GCallback.self), ArgumentAction(action))
    }

    /// For signals with one number.
    func on(unsigned signal: String, _ action: @escaping @GtkThread (UInt32) -> Void) {
        let call:
            @convention(c) (UnsafeMutableRawPointer?, guint, UnsafeMutableRawPointer?) -> Void =
                { _, number, data in
                    GtkThread.assume { Action.of(data, as: NumberAction.self)?.run(number) }
                }
        connect(signal, unsafeBitCast(call, to: GCallback.self), NumberAction(action))
    }

    /// For signals without arguments that ask for a yes or no.
    func on(asking signal: String, _ action: @escaping @GtkThread () -> Bool) {
        let call: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> gboolean =
            { _, data in
                GtkThread.assume { Action.of(data, as: AskingAction.self)?.run() == true ? 1 : 0 }
            }
        connect(signal, unsafeBitCast(call, to: GCallback.self), AskingAction(action))
    }

    func onNotify(_ property: String, _ action: @escaping @GtkThread () -> Void) {
        on(argument: "notify::" + property) { _ in action() }
    }

    func connect(_ signal: String, _ callback: GCallback, _ action: AnyObject) {
        g_signal_connect_data(
            raw, signal, callback, Unmanaged.passRetained(action).toOpaque(),
            { data, _ in
                if let data { Unmanaged<AnyObject>.fromOpaque(data).release() }
            }, GConnectFlags(rawValue: 0))
    }
}

/// What a signal's data points to.
final class Action {
    let run: @GtkThread () -> Void

    init(_ run: @escaping @GtkThread () -> Void) { self.run = run }

    static func of<Kind: AnyObject>(_ data: UnsafeMutableRawPointer?, as: Kind.Type) -> Kind? {
        data.flatMap { Unmanaged<AnyObject>.fromOpaque($0).takeUnretainedValue() as? Kind }
    }
}

private final class ArgumentAction {
    let run: @GtkThread (UnsafeMutableRawPointer) -> Void

    init(_ run: @escaping @GtkThread (UnsafeMutableRawPointer) -> Void) { self.run = run }
}

private final class NumberAction {
    let run: @GtkThread (UInt32) -> Void

    init(_ run: @escaping @GtkThread (UInt32) -> Void) { self.run = run }
}

private final class AskingAction {
    let run: @GtkThread () -> Bool

    init(_ run: @escaping @GtkThread () -> Bool) { self.run = run }
}
#endif
