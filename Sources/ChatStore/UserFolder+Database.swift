public import ChatIdentity

extension UserFolder {
    /// Where this user's contacts and messages are kept.
    public var databasePath: String { path + "/p2pchat.sqlite" }
}
