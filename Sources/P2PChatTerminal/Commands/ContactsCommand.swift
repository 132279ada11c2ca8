import ArgumentParser
import P2PChat

/// `p2pchat contacts`: whom you trust.
struct ContactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contacts", abstract: "List the contacts.")

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let contacts = try await Home(options).contactsForReading().load().contacts
            Self.show(contacts, json: options.json, .current)
        }
    }

    static func show(_ contacts: [Contact], json: Bool, _ surroundings: Surroundings) {
        if json {
            surroundings.print(
                JSONEvents.line("contacts", at: surroundings.now()) { json in
                    json.key("contacts")
                    json.array { json in
                        for contact in contacts { json.contact(contact, nil, at: nil) }
                    }
                })
        } else if contacts.isEmpty {
            // Not on standard output, which is the list: there is nothing in it.
            surroundings.complain("There are no contacts yet: import one with p2pchat trust FILE.")
        } else {
            for contact in contacts {
                let name = SafeText.singleLine(contact.name, limit: 64)
                let place = contact.addresses.first.map { "  \($0)" } ?? ""
                surroundings.print(
                    "\(name)  \(contact.trust.rawValue)  \(contact.fingerprint)\(place)")
            }
        }
    }
}
