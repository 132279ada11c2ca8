import ArgumentParser
import P2PChat

/// `p2pchat reject`: declines a request.
struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Reject a request: the certificate stays refused, and is not announced again.")

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The fingerprint, or the name in the request.")
    var request: String

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            try await Home(options).withContacts(surroundings, log: log) { book in
                let fingerprint = try await book.reject(request)
                if options.json {
                    surroundings.print(
                        JSONEvents.line("rejected", at: surroundings.now()) { json in
                            json.member("request", fingerprint.description)
                        })
                } else {
                    let shown = SafeText.singleLine(request, limit: 100)
                    surroundings.print("The request of \(shown) is rejected.")
                }
            }
        }
    }
}
