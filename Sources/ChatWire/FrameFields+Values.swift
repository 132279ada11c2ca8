/// Reading a key's value as what it must be. Each error names the key.
extension FrameFields {
    /// A key that must be there.
    func required(_ token: JSONToken?, _ key: StaticString) throws(WireError) -> JSONToken {
        guard let token else { throw .badFrame("The key \"\(key)\" is missing.") }
        return token
    }

    /// A string of at most `limit` UTF-8 bytes.
    func string(
        _ token: JSONToken, _ key: StaticString, limit: Int,
        code: ErrorFrame.Code = .badFrame
    ) throws(WireError) -> String {
        guard token.kind == .string else { throw .badFrame("The key \"\(key)\" must be a string.") }
        // The string is made only once it is known not to be far too long: an escape of a byte is
        // at most six.
        if token.count <= 6 * limit {
            let text = scanner.text(token)
            if text.utf8.count <= limit { return text }
        }
        throw WireError(
            code: code, reason: "The key \"\(key)\" is longer than \(limit) bytes of UTF-8.")
    }

    /// A string of visible ASCII, 1...`limit` bytes: one that is compared or dialled, not read.
    func token(
        _ token: JSONToken, _ key: StaticString, limit: Int = WireLimits.token
    ) throws(WireError) -> String {
        let text = try string(token, key, limit: limit)
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw .badFrame("The key \"\(key)\" must have visible ASCII characters only.")
        }
        return text
    }

    /// A number that a double can hold.
    func number(_ token: JSONToken, _ key: StaticString) throws(WireError) -> Double {
        guard token.kind == .number else { throw .badFrame("The key \"\(key)\" must be a number.") }
        guard let value = scanner.double(token) else {
            throw .badFrame("The number of the key \"\(key)\" is too large.")
        }
        return value
    }

    /// A whole number in a range.
    func integer(
        _ token: JSONToken, _ key: StaticString, in range: ClosedRange<Int>
    ) throws(WireError) -> Int {
        guard let value = Int(exactly: try number(token, key)), range.contains(value) else {
            throw .badFrame(
                "The key \"\(key)\" must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        return value
    }

    func boolean(_ token: JSONToken, _ key: StaticString) throws(WireError) -> Bool {
        switch token.kind {
        case .trueLiteral: return true
        case .falseLiteral: return false
        default: throw .badFrame("The key \"\(key)\" must be true or false.")
        }
    }

    /// One of an enumeration's names.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ token: JSONToken, _ key: StaticString
    ) throws(WireError) -> Choice where Choice.RawValue == String {
        if token.kind == .string, token.count <= 6 * WireLimits.token,
            let choice = Choice(rawValue: scanner.text(token))
        {
            return choice
        }
        let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw .badFrame("The key \"\(key)\" must be one of \(names).")
    }

    /// The id of a message.
    func messageID(_ token: JSONToken) throws(WireError) -> MessageID {
        if token.kind == .string, token.count <= 6 * MessageID.textLength {
            let id =
                token.hasEscapes
                ? scanner.unescaped(token).withUnsafeBufferPointer { MessageID(text: $0) }
                : MessageID(text: scanner.raw(token))
            if let id { return id }
        }
        throw .badFrame("The key \"id\" must be a UUID of 36 characters.")
    }

    /// `ip`, where it is there. The seed sends an empty one when its user typed none.
    func host() throws(WireError) -> String? {
        guard let ip else { return nil }
        if ip.kind == .string, ip.count == 0 { return nil }
        return try token(ip, "ip", limit: WireLimits.host)
    }

    /// `port`, where it is there.
    func portNumber() throws(WireError) -> Int? {
        guard let port else { return nil }
        return try integer(port, "port", in: 0...65535)
    }
}
