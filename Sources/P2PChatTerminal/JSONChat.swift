import P2PChat

/// A chat in JSON, from the first event to the last.
struct JSONChat: Sendable {
    private let node: Node
    private let chat: ChatOptions
    private let socket: ControlSocket
    private let surroundings: Surroundings

    init(
        _ node: Node, _ chat: ChatOptions, _ socket: ControlSocket, _ surroundings: Surroundings
    ) {
        self.node = node
        self.chat = chat
        self.socket = socket
        self.surroundings = surroundings
    }

    func run(_ signals: AsyncStream<Signals.Event>) async throws {
        guard let output = Output(surroundings), let input = StandardInput() else {
            throw CommandFailure.outOfResources
        }
        let departure = Departure()
        let mode = JSONMode(node, output: output, departure: departure, surroundings)
        let control = await socket.open { surroundings.complain("p2pchat: \($0)") }
        let events = Task {
            for await event in node.events { await mode.handle(event) }
            departure.request(.broken)
        }
        let leaving = Task {
            for await signal in signals {
                if case .leave = signal { departure.request(.signal) }
            }
        }
        for dial in chat.connect { await mode.connect(dial) }
        let commands = Task {
            await input.forEachLine(limit: JSONInterface.lineLimit) { line in
                guard !departure.isRequested else { return false }
                return await mode.enter(line)
            }
            departure.request(.endOfInput)
        }
        let reason = await departure.wait()
        Departure.startDeadline {}
        if case .endOfInput = reason { await node.settle() }
        await node.stop()
        await control?.stop()
        commands.cancel()
        leaving.cancel()
        await events.value
    }
}
