import ArgumentParser
import P2PChat

/// `p2pchat send`: one message.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send one message, and wait until it is delivered.",
        discussion: """
            The status is 0 once the message is delivered, and 75 where that did not happen in \
            time: then it is queued, and sent when p2pchat runs.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The contact's name or fingerprint; with --insecure HOST:PORT.")
    var name: String

    @Argument(help: "The message, or - for standard input.")
    var text: String

    @Option(
        help: ArgumentHelp(
            "How long to wait for the delivery; else 5, or 60 with --socks5.", valueName: "seconds"
        ))
    var wait: Double?

    @Option(help: ArgumentHelp("Where to connect to.", valueName: "host:port"))
    var connect: Dial?

    /// The parser gives what the chat's options know to them, wherever it stands.
    var dial: Dial? { connect ?? parent.chat.connect.first }

    func validate() throws {
        guard (0...86_400).contains(wait ?? 0) else {
            throw ValidationError("--wait takes from 0 to 86400 seconds.")
        }
    }

    func run() async throws {
        let options = global.over(parent.global)
        let proxy = parent.chat.socks5
        let wait = wait ?? (proxy == nil ? 5 : 60)
        try await CommandFailure.wrapping {
            let content = try text == "-" ? Self.standardInput() : text
            let surroundings = Surroundings.current
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            let delivery = Delivery(
                content: content, to: name, dial: dial,
                json: options.json, surroundings)
            func deliver(_ lock: HomeLock?) async throws {
                let setup = try await Setup(
                    options, parent.chat, listening: .off, lock: lock, isBrief: true,
                    surroundings, log: log)
                try await delivery.run(setup, wait: wait)
            }
            guard !parent.chat.insecure else { return try await deliver(nil) }
            try await Home(options).withHolder { holder in
                switch holder {
                case .ourselves(let lock): try await deliver(lock)
                case .running(let client):
                    if let proxy { try await Self.require(proxy, of: client) }
                    try await delivery.run(over: client, wait: wait)
                }
            }
        }
    }

    /// What is to go through a proxy goes through that one or not at all.
    private static func require(_ proxy: PeerAddress, of client: ControlClient) async throws {
        let running = try await client.status().proxy
        guard running != proxy else { return }
        throw CommandFailure(
            .unavailable,
            "The p2pchat that is running "
                + (running.map { "goes through \($0)" } ?? "uses no proxy")
                + ", and the message would go its way: end it, or leave --socks5 away.")
    }

    /// Without the line break at its end. One byte over the limit is read, to know of it.
    private static func standardInput() throws -> String {
        var bytes: [UInt8] = []
        while bytes.count <= WireLimits.content + 2 {
            let chunk = Descriptors.read(from: 0)
            if chunk.isEmpty { break }
            bytes += chunk
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(
                .badData, "Standard input is not UTF-8 text: convert it first.")
        }
        return text
    }
}
