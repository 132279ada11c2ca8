import P2PChat

/// What sub-commands change: the contacts and requests of a node of their own, or those of the
/// p2pchat that is running.
protocol ContactBook: Sendable {
    func trust(
        _ certificates: CertificateText, name: String?, replacing: Bool
    ) async throws -> [Contact]
    func trust(
        _ fingerprint: Fingerprint, name: String?, replacing: Bool
    ) async throws -> Contact
    func remove(_ name: String) async throws -> Contact
    func accept(_ request: String, name: String?) async throws -> Contact
    func reject(_ request: String) async throws -> Fingerprint
    func markVerified(_ name: String) async throws -> Contact
}

extension ControlClient: ContactBook {}

extension Node: ContactBook {
    func trust(
        _ certificates: CertificateText, name: String?, replacing: Bool
    ) async throws -> [Contact] {
        try await trust(certificatesIn: certificates.pem, name: name, replacing: replacing)
    }

    func trust(
        _ fingerprint: Fingerprint, name: String?, replacing: Bool
    ) async throws -> Contact {
        try await trust(fingerprint, name: name, certificateName: nil, replacing: replacing)
    }

    func remove(_ name: String) async throws -> Contact {
        let contact = try contact(name)
        try await removeContact(contact.fingerprint.description)
        return contact
    }
}
