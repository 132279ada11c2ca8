import ChatValues
public import ChatWire

extension Node {
    /// The message with this id; nil where there is none.
    ///
    /// - Parameter peer: as for ``history(with:before:limit:)``.
    public func message(
        _ id: MessageID, _ direction: MessageDirection, with peer: String
    ) async throws(NodeFailure) -> StoredMessage? {
        let messages = try messageStore()
        let contact = try conversation(peer)
        await journalled()
        return try await stored { try await messages.message(id, direction, with: contact) }
    }
}
