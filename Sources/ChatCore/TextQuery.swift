/// A text to be found in others, whatever its case.
///
/// A text of ASCII alone is compared byte by byte, so that a million messages are looked through
/// quickly; any other by what a reader takes for a character, so that it makes no difference
/// whether an accent is part of its letter or follows it. An empty text is in every other.
public struct TextQuery: Hashable, Sendable {
    private let bytes: [UInt8]
    /// Empty where ``bytes`` do.
    private let characters: [Character]

    public init(_ text: String) {
        let folded = text.lowercased()
        bytes = Array(folded.utf8)
        characters = bytes.allSatisfy { $0 < 0x80 } ? [] : Array(folded)
    }

    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(utf8: $0) }
    }

    /// - Parameter utf8: A text's bytes.
    public func matches(utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !characters.isEmpty else { return Self.contains(utf8, bytes) }
        guard utf8.contains(where: { $0 >= 0x80 }) else { return false }
        return Array(String(decoding: utf8, as: UTF8.self).lowercased()).contains(characters)
    }

    private static func contains(_ text: UnsafeBufferPointer<UInt8>, _ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        return part.withUnsafeBufferPointer { part in
            for start in 0...(text.count - part.count) where lowercased(text[start]) == first {
                var length = 1
                while length < part.count, lowercased(text[start + length]) == part[length] {
                    length += 1
                }
                if length == part.count { return true }
            }
            return false
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
