/// What a person did at the keyboard.
enum Key: Equatable, Sendable {
    /// One key for libedit: a character, a control character, or a whole escape sequence.
    case edit([Unicode.Scalar])
    case enter
    /// Alt and Enter: a line break inside the message.
    case lineBreak
    case older
    case newer
    case complete
    case interrupt
    case quit
    case suspend
    case endOfFile
    /// A bracketed paste, with its line breaks as LF and without other control characters.
    case paste(String)
    /// A paste over ``KeyReader/pasteLimit``, which was dropped.
    case longPaste
}

/// Turns the terminal's bytes into keys. An escape sequence becomes one key once its last byte has
/// come, so that libedit never waits half-way through one while messages come in.
struct KeyReader: Sendable {
    /// In bytes. Well over what fits into a message.
    static let pasteLimit = 128 * 1024
    /// In bytes. Longer than any sequence that a keyboard sends.
    private static let sequenceLimit = 32

    private enum State {
        case ground
        case character(UTF8Assembler)
        case escape
        case controlSequence([UInt8])
        case singleShift
        case paste(tooLong: Bool)
    }

    private var state = State.ground
    /// Beside the state rather than in it, where each byte would copy all of them.
    private var pasted: [UInt8] = []

    /// The keys that these bytes complete.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes { take(byte, into: &keys) }
        return keys
    }

    private mutating func take(_ byte: UInt8, into keys: inout [Key]) {
        switch state {
        case .ground:
            ground(byte, into: &keys)
        case .character(var assembler):
            switch assembler.add(byte) {
            case .more:
                state = .character(assembler)
            case .scalar(let scalar):
                state = .ground
                // C1 controls are no keys.
                if scalar.value >= 0xA0 { keys.append(.edit([scalar])) }
            case .invalid:
                state = .ground
                if byte < 0x80 || byte >= 0xC2 { ground(byte, into: &keys) }
            }
        case .escape:
            escape(byte, into: &keys)
        case .controlSequence(let bytes):
            controlSequence(bytes + [byte], into: &keys)
        case .singleShift:
            state = .ground
            keys.append(Self.arrow(byte) ?? .edit(["\u{1B}", "O", Unicode.Scalar(byte & 0x7F)]))
        case .paste(let tooLong):
            paste(byte, tooLong, into: &keys)
        }
    }

    private mutating func ground(_ byte: UInt8, into keys: inout [Key]) {
        switch byte {
        case 0x00: break
        case 0x03: keys.append(.interrupt)
        case 0x04: keys.append(.endOfFile)
        case 0x09: keys.append(.complete)
        case 0x0A, 0x0D: keys.append(.enter)
        case 0x0E: keys.append(.newer)
        case 0x10: keys.append(.older)
        case 0x1A: keys.append(.suspend)
        case 0x1B: state = .escape
        case 0x1C: keys.append(.quit)
        case 0x01...0x7F: keys.append(.edit([Unicode.Scalar(byte)]))
        default: if let start = UTF8Assembler(byte) { state = .character(start) }
        }
    }

    private mutating func escape(_ byte: UInt8, into keys: inout [Key]) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["): state = .controlSequence([])
        case UInt8(ascii: "O"): state = .singleShift
        case 0x0A, 0x0D: keys.append(.lineBreak)
        // A lone Escape, and then another: the first meant nothing.
        case 0x1B: state = .escape
        case 0x01...0x7F: keys.append(.edit(["\u{1B}", Unicode.Scalar(byte)]))
        default: ground(byte, into: &keys)
        }
    }

    private mutating func controlSequence(_ bytes: [UInt8], into keys: inout [Key]) {
        switch bytes.last {
        case .some(0x20...0x3F) where bytes.count < Self.sequenceLimit:
            state = .controlSequence(bytes)
        case .some(UInt8(ascii: "[")) where bytes.count == 1:
            // The Linux console's function keys: one more byte follows.
            state = .controlSequence(bytes)
        case .some(0x40...0x7E):
            state = .ground
            if bytes == Array("200~".utf8) {
                state = .paste(tooLong: false)
            } else if bytes.count == 1, let arrow = Self.arrow(bytes[0]) {
                keys.append(arrow)
            } else {
                keys.append(.edit(["\u{1B}", "["] + bytes.map { Unicode.Scalar($0) }))
            }
        default:
            // Not a control sequence after all.
            state = .ground
        }
    }

    private static func arrow(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): .older
        case UInt8(ascii: "B"): .newer
        default: nil
        }
    }

    private mutating func paste(_ byte: UInt8, _ tooLong: Bool, into keys: inout [Key]) {
        let end: [UInt8] = [0x1B] + Array("[201~".utf8)
        pasted.append(byte)
        if pasted.suffix(end.count) == end[...] {
            let tooLong = tooLong || pasted.count - end.count > Self.pasteLimit
            keys.append(tooLong ? .longPaste : .paste(Self.text(pasted.dropLast(end.count))))
            pasted = []
            state = .ground
        } else if pasted.count > Self.pasteLimit + end.count {
            pasted.removeFirst(pasted.count - end.count)
            state = .paste(tooLong: true)
        }
    }

    /// CR LF and CR become LF; control characters but LF and tab go, so that no pasted byte is
    /// taken for a key.
    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0A where afterReturn: break
            case 0x0A, 0x0D, 0x2028, 0x2029: text.append("\n")
            case 0x09: text.append(scalar)
            case ..<0x20, 0x7F...0x9F: break
            default: text.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return String(text)
    }
}
