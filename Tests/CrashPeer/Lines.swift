import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whole lines to a descriptor, from any thread.
struct Lines: ~Copyable, Sendable {
    private let descriptor: CInt
    private let turn = Mutex(())

    init(to descriptor: CInt) { self.descriptor = descriptor }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        turn.withLock { _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }

    /// One object, and its line's end.
    func object(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        write(json.bytes + [0x0A])
    }
}

let standardOutput = Lines(to: 1)
let standardError = Lines(to: 2)

private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
