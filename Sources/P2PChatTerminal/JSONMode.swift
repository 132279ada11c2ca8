import P2PChat

/// JSON mode: the JSON interface on standard input and output, and nothing else there.
struct JSONMode: Sendable {
    private let node: Node
    private let interface: JSONInterface

    init(_ node: Node, output: Output, departure: Departure, _ surroundings: Surroundings) {
        self.node = node
        interface = JSONInterface(node, now: surroundings.now) { line in
            if await !output.write(line + [0x0A]) { departure.request(.broken) }
        }
    }

    func handle(_ event: NodeEvent) async { await interface.handle(event) }

    /// One line of standard input. False once the program is to end.
    func enter(_ line: LineSplitter.Line) async -> Bool { await interface.enter(line) }

    /// A connection that the command line asked for.
    func connect(_ dial: Dial) async {
        do {
            try await node.connect(to: dial.address, expecting: dial.name)
        } catch {
            await interface.tell(error)
        }
    }
}
