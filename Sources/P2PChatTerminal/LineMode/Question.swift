import P2PChat

/// What a person is asked, at a prompt of its own.
enum Question: Equatable, Sendable {
    /// Whether a certificate that answered where we dialled is to be trusted.
    case trust(Fingerprint, name: String, address: PeerAddress)
    /// Whether a neighbour's certificate is to be trusted, and a request sent.
    case greet(Neighbour)
    /// Whether the safety numbers are the same.
    case verify(Contact)
    /// Whether messages are to go, and a contact with them.
    case forget([ForgetTarget], contact: Fingerprint?)
    /// Whether messages are to go that were kept for longer.
    case retention(Fingerprint, RetentionTerm)

    enum Answer: Equatable, Sendable {
        case yes
        case no
        /// A fingerprint that is another.
        case otherFingerprint
        case unclear
    }

    /// Without the blank after it.
    var prompt: String {
        switch self {
        case .trust, .greet: "Trust this certificate for good? (yes/no/fingerprint)"
        case .verify: SafetyNumberText.question
        case .forget: "Forget for good? (yes/no)"
        case .retention: "Go on? (yes/no)"
        }
    }

    /// How to answer.
    var hint: String {
        switch self {
        case .trust, .greet: "Type yes, no, or the fingerprint as your friend told it to you."
        case .verify, .forget, .retention: "Type yes or no."
        }
    }

    /// The one that the question is about, where it may be typed for an answer.
    private var fingerprint: Fingerprint? {
        switch self {
        case .trust(let fingerprint, _, _): fingerprint
        case .greet(let neighbour): neighbour.fingerprint
        case .verify, .forget, .retention: nil
        }
    }

    func answer(_ line: String) -> Answer {
        let word = line.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        switch word {
        case "yes": return .yes
        case "no": return .no
        default:
            guard let shown = fingerprint, let typed = Fingerprint(line) else { return .unclear }
            return typed == shown ? .yes : .otherFingerprint
        }
    }
}
