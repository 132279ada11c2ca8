import P2PChat

/// How text is made to stand out on a terminal that can; everywhere else it stays as it is.
struct Style: Sendable {
    let isColoured: Bool

    /// Escape sequences, or none.
    static let plain = Style(isColoured: false)
    static let coloured = Style(isColoured: true)

    /// Red and yellow are for warnings, blue is hard to read on black.
    private static let nameColours = [32, 35, 36, 92, 95, 96]

    enum Emphasis: Sendable {
        case plain, quiet, warning, alarm
    }

    func apply(_ emphasis: Emphasis, _ text: String) -> String {
        switch emphasis {
        case .plain: text
        case .quiet: wrap(text, "2")
        case .warning: wrap(text, "33")
        case .alarm: wrap(text, "1;31")
        }
    }

    /// A person's name, in the colour that is this person's each time.
    func name(_ text: String, of peer: PeerDescription) -> String {
        let seed = peer.fingerprint?.bytes ?? Array(peer.name.utf8)
        // FNV-1a: the same in every run, which Swift's own hashes are not.
        let hash = seed.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return wrap(text, "\(Self.nameColours[Int(hash % UInt32(Self.nameColours.count))])")
    }

    /// What was searched for, where it was found.
    func found(_ text: String) -> String { wrap(text, "1;31") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// The text with marks about its escape sequences, which tell libedit that they take no room.
    /// It must not end in one: libedit shows each with the character after it, and so takes several
    /// in a row only as one.
    static func forPrompt(_ text: String) -> String {
        let mark = LibEdit.promptEscape
        var prompt = String.UnicodeScalarView()
        var inSequence = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}", !inSequence {
                inSequence = true
                if prompt.last == mark { prompt.removeLast() } else { prompt.append(mark) }
            }
            prompt.append(scalar)
            if inSequence, scalar == "m" {
                inSequence = false
                prompt.append(mark)
            }
        }
        return String(prompt)
    }
}
