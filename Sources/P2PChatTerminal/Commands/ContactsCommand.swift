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
            let home = try Home(options)
            if let running = await home.running(), let contacts = try? await running.contacts() {
                Self.show(contacts, json: options.json, .current)
            } else {
                let contacts = try await home.contactsForReading().load().contacts
                Self.show(
                    contacts.map { ListedContact($0) }, json: options.json, .current)
            }
        }
    }

    static func show(_ contacts: [ListedContact], json: Bool, _ surroundings: Surroundings) {
        if json {
            surroundings.print(
                JSONEvents.line("contacts", at: surroundings.now()) { json in
                    json.key("contacts")
                    json.array { json in
                        for listed in contacts {
                            json.contact(listed.contact, listed.presence, at: listed.address)
                        }
                    }
                })
        } else if contacts.isEmpty {
            // Not on standard output, which is the list: there is nothing in it.
            surroundings.complain("There are no contacts yet: import one with p2pchat trust FILE.")
        } else {
            for listed in contacts {
                let contact = listed.contact
                let name = SafeText.singleLine(contact.name, limit: 64)
                let address = contact.addresses.first ?? listed.address
                let place = address.map { "  \($0)" } ?? ""
                let state =
                    switch listed.presence {
                    case .online?, .away?: "  \(listed.presence?.rawValue ?? "")"
                    case .offline?, nil: ""
                    }
                surroundings.print(
                    "\(name)  \(contact.trust.rawValue)  \(contact.fingerprint)\(place)\(state)")
                for known in contact.knownAddresses {
                    surroundings.print("    \(AddressText.line(known, surroundings))")
                }
            }
        }
    }
}
