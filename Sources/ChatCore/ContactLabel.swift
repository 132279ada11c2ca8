import ChatValues

/// What a contact is called.
enum ContactLabel {
    /// What the user chose.
    static func chosen(_ name: String) throws(NodeFailure) -> String {
        do {
            return try UserName(name).text
        } catch {
            throw NodeFailure(.badName, "\(error)")
        }
    }

    /// What the certificate's name comes to. A certificate made elsewhere may be named anything, or
    /// nothing: what a label can hold is kept, the rest becomes hyphens.
    static func derived(fromCertificateName name: String?, _ fingerprint: Fingerprint) -> String {
        let words = (name ?? "").unicodeScalars.split { !isAllowed($0) }
        var label = words.map { String($0) }.joined(separator: "-").unicodeScalars[...]
        while let first = label.first, !isAllowed(first, atStart: true) { label.removeFirst() }
        var kept = String(label)
        while kept.utf8.count > UserName.maximumByteCount { kept.removeLast() }
        while kept.last == "-" { kept.removeLast() }
        if let name = try? UserName(kept) { return name.text }
        return "contact-" + fingerprint.description.prefix(11).filter { $0 != ":" }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar, atStart: Bool = false) -> Bool {
        (try? UserName((atStart ? "" : "a") + String(scalar))) != nil
    }
}
