/// What the user lets contacts know. Both are off until the user turns them on.
public struct Preferences: Hashable, Sendable {
    /// Tell a contact that their messages were read.
    public var readReceipts: Bool
    /// Tell a contact while we are writing to them.
    public var typing: Bool

    public init(readReceipts: Bool = false, typing: Bool = false) {
        self.readReceipts = readReceipts
        self.typing = typing
    }

    private static let readReceiptsName = "readReceipts"
    private static let typingName = "typing"

    /// What is not there, and what has no value known, is off.
    init(_ values: [String: String]) {
        self.init(
            readReceipts: values[Self.readReceiptsName] == "on",
            typing: values[Self.typingName] == "on")
    }

    var values: [String: String] {
        [
            Self.readReceiptsName: readReceipts ? "on" : "off",
            Self.typingName: typing ? "on" : "off",
        ]
    }
}

/// Where settings are kept, by name. A front end may keep its own beside the node's, under names
/// that begin with its own and a full stop, such as `window.width`. Not for secrets: they are not
/// sealed.
public protocol PreferenceStore: Sendable {
    /// All of them.
    func preferences() async throws -> [String: String]
    /// Sets these together and leaves the others. Returns once they are on disk, or throws a
    /// ``StoreFailure``.
    ///
    /// - Parameter values: Names of 1 to 128 bytes, values of at most 4,096.
    func setPreferences(_ values: [String: String]) async throws
}
