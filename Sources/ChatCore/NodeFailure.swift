/// Why an intent could not be carried out, or what went wrong on its own. The description is one
/// sentence, safe to show, that says what to do.
public struct NodeFailure: Error, Sendable, CustomStringConvertible {
    /// Stable names: they stand as `code` in the JSON interface.
    public enum Code: String, Sendable, CaseIterable {
        case unknownContact = "unknown-contact"
        case ambiguousContact = "ambiguous-contact"
        case contactExists = "contact-exists"
        case unknownMessage = "unknown-message"
        case unknownRequest = "unknown-request"
        case badName = "bad-name"
        case badAddress = "bad-address"
        case badFingerprint = "bad-fingerprint"
        case badCertificate = "bad-certificate"
        case badFile = "bad-file"
        case ourselves
        case contentTooLong = "content-too-long"
        case contentEmpty = "content-empty"
        case queueFull = "queue-full"
        case unreachable
        case addressInUse = "address-in-use"
        case cannotListen = "cannot-listen"
        /// The connection ended before a peer that can't tell repetitions confirmed a message.
        case unconfirmed
        case protocolError = "protocol-error"
        case peerError = "peer-error"
        case storage
        case insecureMode = "insecure-mode"
        case stopping
        case badCommand = "bad-command"
    }

    public let code: Code
    public let description: String
    /// The reference of the intent concerned, where it had one.
    public var reference: String?

    public init(_ code: Code, _ description: String, reference: String? = nil) {
        self.code = code
        self.description = description
        self.reference = reference
    }
}
