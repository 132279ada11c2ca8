/// Where a value lies in the table: 20 bytes.
package struct DHTKey: Hashable, Sendable {
    package static let length = 20

    package let bytes: [UInt8]

    /// Nil where there are not 20 bytes.
    package init?(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == Self.length else { return nil }
    }
}
