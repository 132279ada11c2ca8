public import ChatCore
public import ChatIdentity
import ChatValues

extension Node {
    /// Imports every certificate in a PEM text, each as a contact for good. All of them, or, with
    /// an error, none that stands after the one that was wrong.
    ///
    /// - Parameters:
    ///   - name: the label, where there is just one certificate; nil takes each one's own name.
    ///   - replacing: a contact of that name gets the new certificate.
    /// - Throws: ``NodeFailure`` when there is no certificate in it, one has a kind of key that is
    ///   not taken, one is our own, or a name is another contact's.
    @discardableResult
    public func trust(
        certificatesIn pem: [UInt8], name: String? = nil, replacing: Bool = false
    ) async throws(NodeFailure) -> [Contact] {
        let certificates: [Certificate]
        do {
            certificates = try Certificate.certificates(inPEM: pem)
        } catch {
            throw NodeFailure(.badCertificate, "\(error)")
        }
        guard name == nil || certificates.count == 1 else {
            throw NodeFailure(
                .badName,
                "There are \(certificates.count) certificates in it, and one name for them: import "
                    + "them without a name, or one at a time.")
        }
        // All are looked at before the first is taken.
        for certificate in certificates where certificate.keyType == nil {
            let owner = SafeText.singleLine(certificate.commonName ?? "unnamed", limit: 64)
            throw NodeFailure(
                .badCertificate,
                "The certificate of \"\(owner)\" has a key that is neither Ed25519 nor P-256: ask "
                    + "for one made by p2pchat-keygen.")
        }
        var contacts: [Contact] = []
        for certificate in certificates {
            contacts.append(
                try await trust(
                    certificate.fingerprint, name: name,
                    certificateName: certificate.commonName, replacing: replacing))
        }
        return contacts
    }

    /// What both sides read to each other: 12 groups of 5 digits.
    public nonisolated func safetyNumber(with contact: Contact) throws(NodeFailure) -> SafetyNumber
    {
        guard let fingerprint else {
            throw NodeFailure(.insecureMode, "Plain text has no safety number: use TLS.")
        }
        do {
            return try SafetyNumber(fingerprint, contact.fingerprint)
        } catch {
            throw NodeFailure(.badCertificate, "The safety number can't be worked out: \(error)")
        }
    }
}
