public import ChatControl
public import ChatCore
public import ChatIdentity
public import Logging
import NIOPosix

extension ControlServer {
    /// Listens for other programs of the same user, in the folder whose lock the caller holds.
    ///
    /// - Parameter acted: is told what they have done in the user's name.
    /// - Throws: a sentence for the user: something else stands in the socket's place.
    public static func start(
        for node: Node, in folder: UserFolder, log: Logger,
        acted: @escaping @Sendable (ControlAct) async -> Void = { _ in }
    ) async throws -> ControlServer {
        try await start(
            for: node, in: folder, on: Node.group.next(), now: secondsSince1970, log: log,
            acted: acted)
    }
}

extension ControlClient {
    /// Connects with the p2pchat that runs for this folder; nil where none does.
    ///
    /// - Parameter greeting: seconds to wait until it says that it is there.
    /// - Throws: ``ControlFailure`` where it does not answer; `IdentityError` where what stands in
    ///   the folder is not what it should be.
    public static func connect(
        to folder: UserFolder, greeting: Double = ControlClient.greetingPatience
    ) async throws -> ControlClient? {
        try await connect(to: folder, on: Node.group.next(), greeting: greeting)
    }
}
