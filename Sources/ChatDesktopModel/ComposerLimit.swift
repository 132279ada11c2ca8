import P2PChat

/// How much more may be written: a message is 16 KiB at most, counted in bytes of UTF-8.
public struct ComposerLimit: Sendable, Hashable {
    /// What stands beside the text; nil while the end is far.
    public let hint: String?
    public let isOver: Bool
    public let isEmpty: Bool

    public var maySend: Bool { !isOver && !isEmpty }

    public init(_ text: String) {
        let count = text.utf8.count
        let left = WireLimits.content - count
        isOver = left < 0
        isEmpty = !text.contains { !$0.isWhitespace }
        if left < 0 {
            hint = "\(Self.bytes(-left)) too long: send it in parts"
        } else if left < 1_024 {
            hint = "\(Self.bytes(left)) left"
        } else {
            hint = nil
        }
    }

    private static func bytes(_ count: Int) -> String {
        count == 1 ? "1 byte" : "\(count) bytes"
    }
}
