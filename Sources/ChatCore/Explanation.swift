import ChatValues

/// The words for a refusal: one sentence that says what happened and what to do.
struct Explanation {
    private let direction: Direction
    private let place: String
    /// The name in the certificate that was shown.
    private let name: String
    private let fingerprint: String
    private let contact: Contact?
    private let label: String
    private let because: String

    /// Names and details as they came: here they are made safe to show.
    init(
        direction: Direction, address: PeerAddress?, name: String?, fingerprint: Fingerprint?,
        contact: Contact?, detail: String?
    ) {
        self.direction = direction
        self.place = address.map { SafeText.singleLine("\($0)") } ?? "an unknown address"
        self.name = name.map { Self.quoted($0) } ?? "somebody without a name"
        self.fingerprint = fingerprint.map { "\($0)" } ?? "that was not shown"
        self.contact = contact
        self.label = contact.map { SafeText.singleLine($0.name, limit: 64) } ?? "the other side"
        self.because = detail.map { " (\(SafeText.singleLine($0, limit: 200)))" } ?? ""
    }

    /// A quotation mark inside would let a name write its own end of the sentence.
    private static func quoted(_ name: String) -> String {
        let safe = SafeText.singleLine(name, limit: 64)
        return "\""
            + safe.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "'") + "\""
    }

    private var who: String {
        direction == .inbound ? "A connection from \(place)" : "The connection to \(place)"
    }

    func sentence(for reason: Refusal.Reason) -> String {
        switch reason {
        case .unknownCertificate: unknownCertificate
        case .changedCertificate: changedCertificate
        case .wrongContact:
            "\(who) was refused: \(name) with the certificate \(fingerprint) is there instead of "
                + "\(label), and nothing was sent; check the address."
        case .noCertificate:
            "\(who) was refused: it showed no certificate; only a p2pchat whose certificate you "
                + "have accepted gets in."
        case .notAsked:
            "\(who) was ended: the other side did not ask for your certificate, so it is no "
                + "p2pchat, and nothing was sent; check the address."
        case .refusedByPeer:
            direction == .inbound
                ? "\(who) ended when the other side saw your certificate, which it does not know: "
                    + "send it to them if you want to be reached."
                : "\(who) was refused by \(label): your certificate is not accepted there yet; "
                    + "send them your certificate, or ask them to accept your request."
        case .protocolMismatch:
            "\(who) was refused: it does not speak TLS 1.3 with the protocol p2pchat/1\(because); "
                + "check the address and the other program's version."
        case .notTLS:
            "\(who) was refused: what came was not TLS\(because); check that the other side is a "
                + "p2pchat, and not one with --insecure."
        case .handshakeFailed:
            "\(who) was refused: the TLS handshake failed\(because), and nothing was sent."
        case .timeout:
            direction == .inbound
                ? "\(who) was ended: it did not finish its handshake in time."
                : "\(who) was ended: the other side fell silent before it had answered; check the "
                    + "address, or try again later."
        case .closed:
            "\(who) was closed by the other side before it was established\(because); try again "
                + "later."
        case .overloaded:
            "\(who) was dropped: there are too many connections at once; try again later."
        case .badHello:
            "\(who) was refused: the other side did not speak as a p2pchat does\(because); "
                + "check the other program's version."
        case .ourselves:
            "\(who) was refused: it is your own identity; give your friend's address."
        }
    }

    private var unknownCertificate: String {
        direction == .inbound
            ? "\(who) was refused: \(name) with the certificate \(fingerprint) is not a contact; "
                + "accept the request to let them in."
            : "\(who) was refused: \(name) answers there with the unknown certificate "
                + "\(fingerprint); compare it with your friend's, and accept it if it is the same."
    }

    /// As loud as ssh.
    private var changedCertificate: String {
        let pinned = contact.map { "\($0.fingerprint)" } ?? "another one"
        return "THE CERTIFICATE OF \(label) HAS CHANGED, AND SOMEBODY MAY BE POSING AS THEM: "
            + "\(who.prefix(1).lowercased())\(who.dropFirst()) showed \(name) with the certificate "
            + "\(fingerprint), but pinned is \(pinned); it was refused, and only if \(label) has "
            + "told you the new fingerprint by another way import the new certificate with "
            + "--replace."
    }
}
