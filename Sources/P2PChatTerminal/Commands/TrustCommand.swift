import ArgumentParser
import P2PChat

/// `p2pchat trust`: imports certificates, pins fingerprints, takes pins back.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Trust certificates for good, or no longer.",
        usage: """
            p2pchat trust FILE... [--name NAME] [--replace]
            p2pchat trust --fingerprint FINGERPRINT NAME [--replace]
            p2pchat trust --remove NAME
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    @Argument(
        help: ArgumentHelp(
            "Files with certificates, or with --fingerprint the contact's name.",
            valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("Pin this fingerprint, without a file.", valueName: "fingerprint"))
    var fingerprint: String?

    @Option(help: ArgumentHelp("What to call the contact.", valueName: "name"))
    var name: String?

    @Flag(help: "The contact of this name has a new certificate: this one.")
    var replace = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Trust this contact no longer. May be repeated.", valueName: "name"))
    var remove: [String] = []

    func validate() throws {
        if fingerprint != nil {
            guard files.count + (name == nil ? 0 : 1) == 1 else {
                throw ValidationError(
                    "--fingerprint takes one name: --fingerprint FINGERPRINT NAME.")
            }
        } else if files.isEmpty && remove.isEmpty {
            throw ValidationError(
                "Name the files with the certificates, or --fingerprint, or --remove.")
        }
        if name != nil && files.count > 1 {
            throw ValidationError("--name is for one file: import the others without it.")
        }
    }

    func run() async throws {
        let options = try options(global, parent)
        try await CommandFailure.wrapping {
            let surroundings = Surroundings.current
            let log = StandardErrorLog.logger(options.logLevel, surroundings)
            // The files first: what can't be read must not cost a contact that --remove names.
            let certificates =
                fingerprint == nil ? try files.map { try CertificateText(file: $0) } : []
            try await Home(options).withContacts(surroundings, log: log) { book in
                for name in remove {
                    let contact = try await book.remove(name)
                    Self.show("removed", contact, json: options.json, surroundings)
                }
                for contact in try await trusted(by: book, certificates) {
                    Self.show("trusted", contact, json: options.json, surroundings)
                }
            }
        }
    }

    private func trusted(
        by book: any ContactBook, _ certificates: [CertificateText]
    ) async throws -> [Contact] {
        if let fingerprint {
            let pin = try Self.fingerprint(fingerprint)
            return [try await book.trust(pin, name: name ?? files.first, replacing: replace)]
        }
        var contacts: [Contact] = []
        for certificate in certificates {
            contacts += try await book.trust(
                certificate, name: name, replacing: replace)
        }
        return contacts
    }

    static func fingerprint(_ text: String) throws -> Fingerprint {
        guard let fingerprint = Fingerprint(text) else {
            throw CommandFailure(
                .badData,
                "\"\(SafeText.singleLine(text, limit: 100))\" is no SHA-256 fingerprint: give 64 "
                    + "hexadecimal digits, with or without colons.")
        }
        return fingerprint
    }

    static func show(
        _ event: String, _ contact: Contact, json: Bool, _ surroundings: Surroundings
    ) {
        if json {
            surroundings.print(
                JSONEvents.line(event, at: surroundings.now()) { $0.contactMember(contact) })
        } else {
            let name = SafeText.singleLine(contact.name, limit: 64)
            let verb = event == "removed" ? "You no longer trust" : "You trust"
            surroundings.print("\(verb) \(name) with the certificate \(contact.fingerprint).")
        }
    }
}
