public import ChatValues

/// Where contacts and requests are kept. ChatStore keeps them in SQLite, tests in memory.
///
/// Every call returns once the change is on disk, or throws a ``StoreFailure``.
public protocol TrustStore: Sendable {
    /// Everything there is, contacts by name, requests oldest first.
    func load() async throws -> TrustRecords
    /// Inserts the contact, or replaces the one with its fingerprint. A request with its
    /// fingerprint goes in the same transaction.
    func save(_ contact: Contact) async throws
    /// Puts a contact in the place of another, which goes: both or neither.
    func replace(_ old: Contact, with contact: Contact) async throws
    func removeContact(_ fingerprint: Fingerprint) async throws
    /// Inserts the request, or replaces the one with its fingerprint.
    func save(_ request: ContactRequest) async throws
    func removeRequest(_ fingerprint: Fingerprint) async throws
}

extension TrustStore {
    /// For stores without transactions: a change that fails half-way is undone.
    public func replace(_ old: Contact, with contact: Contact) async throws {
        try await removeContact(old.fingerprint)
        do {
            try await save(contact)
        } catch {
            try await save(old)
            throw error
        }
    }
}

public struct TrustRecords: Sendable {
    public var contacts: [Contact]
    public var requests: [ContactRequest]

    public init(contacts: [Contact] = [], requests: [ContactRequest] = []) {
        self.contacts = contacts
        self.requests = requests
    }
}

/// What went wrong with the disk or the database, in a sentence that says what to do.
public struct StoreFailure: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable {
        /// Not a database, or a broken one.
        case damaged
        /// Written by a later version of the program.
        case newer
        /// Another process holds it.
        case locked
        case full
        case readOnly
        case unreadable
        /// The change breaks a rule of the database, such as two contacts with one name.
        case conflict
        /// Sealed for another key pair than the one that was given.
        case wrongKey
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
