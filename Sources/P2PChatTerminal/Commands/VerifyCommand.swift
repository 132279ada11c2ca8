import ArgumentParser
import P2PChat

/// `p2pchat verify`: the safety number, and what comes of comparing it.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Show the safety number, and mark the contact verified once it was compared.")

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(help: "The contact's name or fingerprint.")
    var name: String

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let home = try Home(options)
            let asks =
                !options.json && surroundings.inputIsTerminal && surroundings.outputIsTerminal
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            let contact = try await home.contact(name, surroundings, log: log)
            let number = try SafetyNumber(
                home.folder.certificate().fingerprint, contact.fingerprint)
            if options.json {
                surroundings.print(
                    JSONEvents.line("verify", at: surroundings.now()) { json in
                        json.contactMember(contact)
                        json.member("safety_number", number.description)
                    })
                return
            }
            for line in SafetyNumberText.lines(number, contact) { surroundings.print(line) }
            guard asks, contact.trust != .verified else { return }
            guard ask(surroundings) else {
                surroundings.print("Nothing was changed.")
                return
            }
            try await home.withContacts(surroundings, log: log) { book in
                _ = try await book.markVerified(contact.fingerprint.description)
            }
            surroundings.print("\(SafeText.singleLine(contact.name)) is verified.")
        }
    }

    private func ask(_ surroundings: Surroundings) -> Bool {
        while true {
            _ = surroundings.write(Array((SafetyNumberText.question + " ").utf8))
            guard let answer = surroundings.readLine() else { return false }
            switch answer.lowercased() {
            case "yes": return true
            case "no": return false
            default: surroundings.print("Type yes or no.")
            }
        }
    }
}
