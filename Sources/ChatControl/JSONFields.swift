import ChatCore
import ChatValues
import ChatWire

/// A command's members.
struct JSONFields {
    private let value: JSONValue
    let reference: String?

    init(_ value: JSONValue) {
        self.value = value
        reference = value["ref"].map { ref in
            var json = JSONWriter()
            json.value(ref)
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    func bad(_ description: String) -> JSONCommand.Failure {
        JSONCommand.Failure(code: .badCommand, description: description, reference: reference)
    }

    func text(_ key: String) throws(JSONCommand.Failure) -> String {
        guard let text = try optionalText(key) else {
            throw bad("The command needs \"\(key)\", a string.")
        }
        return text
    }

    /// Absent and null are the same.
    func optionalText(_ key: String) throws(JSONCommand.Failure) -> String? {
        switch value[key] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw bad("\"\(key)\" is a string.")
        }
    }

    /// False where it is absent.
    func flag(_ key: String) throws(JSONCommand.Failure) -> Bool {
        try optionalFlag(key) ?? false
    }

    func optionalFlag(_ key: String) throws(JSONCommand.Failure) -> Bool? {
        switch value[key] {
        case nil, .null?: return nil
        case .bool(let flag)?: return flag
        default: throw bad("\"\(key)\" is true or false.")
        }
    }

    func optionalNumber(_ key: String) throws(JSONCommand.Failure) -> Double? {
        switch value[key] {
        case nil, .null?: return nil
        case .number(let number, _)?: return number
        default: throw bad("\"\(key)\" is a number.")
        }
    }

    func optionalInteger(_ key: String) throws(JSONCommand.Failure) -> Int64? {
        guard let number = try optionalNumber(key) else { return nil }
        guard let integer = Int64(exactly: number) else { throw bad("\"\(key)\" is an integer.") }
        return integer
    }

    /// Whether it is there, null included.
    func has(_ key: String) -> Bool { value[key] != nil }

    /// Whose request: a whole fingerprint, or what else names one.
    func request() throws(JSONCommand.Failure) -> String {
        if let request = try optionalText("request") { return request }
        return try fingerprint().description
    }

    func fingerprint() throws(JSONCommand.Failure) -> Fingerprint {
        let text = try self.text("fingerprint")
        guard let fingerprint = Fingerprint(text) else {
            throw JSONCommand.Failure(
                code: .badFingerprint,
                description: "\"fingerprint\" is no SHA-256 fingerprint: 64 hexadecimal digits, "
                    + "with or without colons.", reference: reference)
        }
        return fingerprint
    }
}
