import P2PChat

/// The control socket of a chat, where it has a home to stand in.
struct ControlSocket: Sendable {
    private let node: Node
    private let folder: UserFolder?
    private let log: Logger

    init(_ node: Node, _ folder: UserFolder?, log: Logger) {
        self.node = node
        self.folder = folder
        self.log = log
    }

    /// Opens it. A chat without one is still a chat: what is in the way is said.
    ///
    /// - Parameter acted: is told what other programs have done.
    func open(
        saying say: (String) async -> Void,
        acted: @escaping @Sendable (ControlAct) async -> Void = { _ in }
    ) async -> ControlServer? {
        guard let folder else { return nil }
        do {
            return try await ControlServer.start(for: node, in: folder, log: log, acted: acted)
        } catch {
            await say(
                "Other programs can't reach this chat: \(SafeText.singleLine("\(error)"))")
            return nil
        }
    }
}
