#if Desktop
import CGtk

/// Owns one reference to a GObject and gives it back with its last Swift reference.
@GtkThread
class Object {
    /// Never dangles: this class holds a reference to what is behind it.
    // Unsafe for the sake of deinit alone, which goes to GTK's thread with it by itself.
    nonisolated(unsafe) let raw: UnsafeMutableRawPointer

    /// Takes a new object. What floats, as widgets do at first, becomes ours.
    init(_ pointer: UnsafeMutableRawPointer) {
        raw = g_object_ref_sink(pointer)
    }

    /// Takes over a reference that the caller has been given.
    init(owning pointer: UnsafeMutableRawPointer) {
        raw = pointer
    }

    deinit {
        // Widgets may end on GTK's thread only, and a task can hold the last reference.
        if LoopExecutor.isCurrent {
            g_object_unref(raw)
        } else {
            g_idle_add(
                { data in
                    g_object_unref(data)
                    return 0
                }, raw)
        }
    }

    /// For functions whose type Swift sees as an empty shell.
    var opaque: OpaquePointer { OpaquePointer(raw) }

    /// For functions whose type Swift sees whole.
    func cast<Pointee>() -> UnsafeMutablePointer<Pointee> {
        raw.assumingMemoryBound(to: Pointee.self)
    }

    /// Keeps a Swift object alive for as long as the GObject is there, or until ``release(_:)``.
    func keep(_ object: AnyObject, as name: String = "p2pchat") {
        Object.keep(object, in: raw, as: name)
    }

    func release(_ name: String = "p2pchat") {
        g_object_set_data(cast(), name, nil)
    }

    static func keep(
        _ object: AnyObject, in pointer: UnsafeMutableRawPointer, as name: String = "p2pchat"
    ) {
        g_object_set_data_full(
            pointer.assumingMemoryBound(to: GObject.self), name,
            Unmanaged.passRetained(object).toOpaque(), { Unmanaged<AnyObject>.release($0) })
    }

    /// What ``keep(_:as:)`` keeps there.
    static func kept<Kept: AnyObject>(
        _ type: Kept.Type, in pointer: UnsafeMutableRawPointer?, as name: String = "p2pchat"
    ) -> Kept? {
        guard let pointer,
            let data = g_object_get_data(pointer.assumingMemoryBound(to: GObject.self), name)
        else { return nil }
        return Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue() as? Kept
    }
}

extension Unmanaged where Instance == AnyObject {
    fileprivate static func release(_ data: UnsafeMutableRawPointer?) {
        if let data { Unmanaged<AnyObject>.fromOpaque(data).release() }
    }
}
#endif
