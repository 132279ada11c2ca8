/// What the user lets contacts know.
extension Node {
    /// Keeps what the user chose, from now on and for later runs.
    public func setPreferences(_ preferences: Preferences) async throws(NodeFailure) {
        try requireSecure()
        try requireRunning()
        guard let store = storage.preferences else {
            throw NodeFailure(.storage, "There is nowhere to keep settings: name a home folder.")
        }
        let values = preferences.values
        try await stored { try await store.setPreferences(values) }
        self.preferences = preferences
    }

    /// Tells a contact that we are writing to them, or no longer, where the user lets us.
    public func setTyping(_ active: Bool, to peer: String) {}
}
