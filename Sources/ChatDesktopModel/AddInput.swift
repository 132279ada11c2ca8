public import P2PChat

/// What somebody pastes or types to add a person: a certificate, or a fingerprint.
public enum AddInput: Sendable, Hashable {
    case nothing
    case certificates([UInt8], people: [Person])
    case fingerprint(Fingerprint)
    case unusable(String)

    /// Whom a certificate names, safe to show. A claim.
    public struct Person: Sendable, Hashable {
        public let name: String
        public let fingerprint: Fingerprint
    }

    public init(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        if trimmed.isEmpty {
            self = .nothing
        } else if trimmed.contains("-----BEGIN") {
            self.init(pem: Array(trimmed.utf8))
        } else if let fingerprint = Fingerprint(Self.withoutBlanks(trimmed)) {
            self = .fingerprint(fingerprint)
        } else {
            self = .unusable(
                "This is neither a certificate nor a fingerprint: a certificate begins with "
                    + "-----BEGIN CERTIFICATE-----, a fingerprint has 64 digits.")
        }
    }

    public init(pem: [UInt8]) {
        do throws(IdentityError) {
            let certificates = try Certificate.certificates(inPEM: pem)
            self = .certificates(
                pem,
                people: certificates.map { certificate in
                    Person(
                        name: SafeText.singleLine(certificate.commonName ?? "unnamed", limit: 64),
                        fingerprint: certificate.fingerprint)
                })
        } catch {
            self = .unusable(SafeText.singleLine(error.description, limit: 300))
        }
    }

    /// What `openssl x509 -fingerprint` prints has a title in front of it.
    private static func withoutBlanks(_ text: Substring) -> String {
        let digits = text.split(separator: "=").last ?? text
        return String(digits.filter { !$0.isWhitespace })
    }

    /// `Target IP` and `Target port`. Nil where no host is given.
    public static func address(host: String, port: String) throws(NodeFailure) -> PeerAddress? {
        let host = host.trimmingBlanks
        let port = port.trimmingBlanks
        guard !host.isEmpty else { return nil }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        guard let address = PeerAddress("\(bracketed):\(port.isEmpty ? "5555" : port)"),
            address.port > 0
        else {
            throw NodeFailure(
                .badAddress,
                "This is no address: give a host name or number, and a port from 1 to 65535.")
        }
        return address
    }
}

extension String {
    /// Without blanks at both ends.
    public var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
