import ArgumentParser
import P2PChat

/// `p2pchat requests`: who waits to be accepted.
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests", abstract: "List who waits to be accepted or rejected.")

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let home = try Home(options)
            let running = await home.running()
            let requests =
                if let asked = try? await running?.requests() {
                    asked
                } else {
                    try await home.contactsForReading().load().requests
                }
            Self.show(requests.filter { !$0.isRejected }, json: options.json, .current)
        }
    }

    static func show(_ requests: [ContactRequest], json: Bool, _ surroundings: Surroundings) {
        if json {
            surroundings.print(
                JSONEvents.line("requests", at: surroundings.now()) { $0.requests(requests) })
        } else if requests.isEmpty {
            // Not on standard output, which is the list: there is nothing in it.
            surroundings.complain("Nobody waits to be accepted.")
        } else {
            for request in requests {
                let name = SafeText.singleLine(request.name, limit: 64)
                let time = surroundings.localTime(request.lastSeen).map { "\($0.date) \($0.clock)" }
                surroundings.print(
                    "\(name)  \(request.fingerprint)  \(request.address)  \(time ?? "")")
            }
        }
    }
}
