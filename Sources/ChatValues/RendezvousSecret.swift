/// What two contacts alone know, so that they find each other again: 32 bytes that both took from
/// one of their sessions. Tags and keys of discovery are made from it; it is never sent.
public struct RendezvousSecret: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 32

    public let bytes: [UInt8]

    /// Nil where there are not ``byteCount`` bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// Without the bytes, so that no log and no failing test shows them.
    public var description: String { "RendezvousSecret(…)" }
}
