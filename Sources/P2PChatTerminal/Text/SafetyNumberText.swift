import P2PChat

/// How a safety number is put before a person.
enum SafetyNumberText {
    static let question = "Do both of you see the same number? (yes/no)"

    /// The number in three rows of four groups, with what to do with it.
    static func lines(_ number: SafetyNumber, _ contact: Contact) -> [String] {
        let name = SafeText.singleLine(contact.name, limit: 64)
        let groups = number.groups
        let rows = stride(from: 0, to: groups.count, by: 4).map { start in
            "    " + groups[start..<min(start + 4, groups.count)].joined(separator: " ")
        }
        let state =
            contact.trust == .verified
            ? "\(name) is verified already."
            : "Read it to each other, face to face or in a call where you know the voice."
        return ["The safety number of you and \(name):"] + rows + [state]
    }
}
