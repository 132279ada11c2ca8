internal import ChatIdentity
internal import ChatValues

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Standard output. Text that was full of surprises has been made safe before it comes here, or is
/// by ``write(fields:)``.
enum Output {
    static func write(_ text: String) throws(IdentityError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                systemWrite(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw IdentityError(
                    .inputOutput, "Standard output can't be written; check where it goes.")
            }
        }
    }

    /// A line for each field, the values in a column, safe to show.
    static func write(fields: [(label: String, value: String)]) throws(IdentityError) {
        let width = (fields.map(\.label.count).max() ?? 0) + 3
        for (label, value) in fields {
            let padding = String(repeating: " ", count: width - label.count - 1)
            try write("\(label):\(padding)\(SafeText.singleLine(value))\n")
        }
    }

    /// One JSON object on a line, with the values as they are.
    static func write(jsonFields: [(key: String, value: String?)]) throws(IdentityError) {
        let members = jsonFields.map { "\(quoted($0.key)):\($0.value.map(quoted) ?? "null")" }
        try write("{\(members.joined(separator: ","))}\n")
    }

    /// A JSON string (RFC 8259, section 7) in ASCII, so that it can be shown as it is.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}

/// `write`, where a method of that name hides it.
private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
