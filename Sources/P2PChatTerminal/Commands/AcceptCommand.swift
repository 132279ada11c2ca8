import ArgumentParser
import P2PChat

/// `p2pchat accept`: makes a contact of whoever asked.
struct AcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accept a request: trust its certificate for good.")

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The fingerprint, or the name in the request.")
    var request: String

    @Option(help: ArgumentHelp("What to call the contact.", valueName: "name"))
    var name: String?

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            try await Home(options).withContacts(surroundings, log: log) { book in
                let contact = try await book.accept(request, name: name)
                TrustCommand.show("trusted", contact, json: options.json, surroundings)
            }
        }
    }
}
