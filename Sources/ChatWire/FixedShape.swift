#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The two frames of which there are many, in the very form in which ``ByteBuffer/writeFrame(_:)``
/// writes them: a message with an id, and a receipt.
///
/// A short cut and no second grammar. Each string is stepped over by ``JSONScanner``, with all of
/// its checks, and whatever is not exactly that form, or not within the bounds, is left to
/// ``FrameFields``, which knows what is wrong with it. That both come to the same is tested.
enum FixedShape {
    private static let messageStart: StaticString = #"{"type":"message","id":""#
    private static let receiptStart: StaticString = #"{"type":"receipt","id":""#

    /// The frame, or nil where the line has to be looked at in full.
    static func frame(_ bytes: UnsafeBufferPointer<UInt8>) -> Frame? {
        var scanner = JSONScanner(bytes, maximumDepth: WireLimits.depth)
        if scanner.skip(messageStart) { return message(&scanner) }
        if scanner.skip(receiptStart) { return receipt(&scanner) }
        return nil
    }

    private static func message(_ scanner: inout JSONScanner) -> Frame? {
        guard let id = id(&scanner), scanner.skip(#"","sender":"#),
            let sender = string(&scanner, limit: WireLimits.name), scanner.skip(#","content":"#),
            let content = string(&scanner, limit: WireLimits.content),
            scanner.skip(#","timestamp":"#),
            // With a sign or an exponent it is not at the end.
            let timestamp = DecimalDouble.read(scanner.bytes, from: &scanner.position),
            isAtEnd(&scanner)
        else { return nil }
        return .message(
            Message(
                id: id, sender: scanner.text(sender), content: scanner.text(content),
                timestamp: timestamp))
    }

    private static func receipt(_ scanner: inout JSONScanner) -> Frame? {
        guard let id = id(&scanner) else { return nil }
        let state: Receipt.State
        if scanner.skip(#"","state":"delivered""#) {
            state = .delivered
        } else if scanner.skip(#"","state":"read""#) {
            state = .read
        } else {
            return nil
        }
        return isAtEnd(&scanner) ? .receipt(Receipt(id: id, state: state)) : nil
    }

    private static func id(_ scanner: inout JSONScanner) -> MessageID? {
        let end = scanner.position + MessageID.textLength
        guard end <= scanner.bytes.count else { return nil }
        let text = UnsafeBufferPointer(rebasing: scanner.bytes[scanner.position..<end])
        scanner.position = end
        return MessageID(text: text)
    }

    /// A string without escapes, so that its length is that of its text.
    private static func string(_ scanner: inout JSONScanner, limit: Int) -> JSONToken? {
        guard scanner.current == UInt8(ascii: "\""), let token = try? scanner.string(),
            !token.hasEscapes, token.count <= limit
        else { return nil }
        return token
    }

    private static func isAtEnd(_ scanner: inout JSONScanner) -> Bool {
        scanner.skip("}") && scanner.position == scanner.bytes.count
    }
}

extension JSONScanner {
    /// Steps over these very bytes, or stays where it is.
    @inline(__always)
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard let base = bytes.baseAddress, bytes.count - position >= count,
            memcmp(base + position, text.utf8Start, count) == 0
        else { return false }
        position += count
        return true
    }
}
