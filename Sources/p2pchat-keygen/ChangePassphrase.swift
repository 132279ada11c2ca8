internal import ArgumentParser
internal import ChatIdentity

struct ChangePassphrase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase",
        abstract: "Set, change or remove the passphrase of your key.",
        discussion: """
            Asks on the terminal for what the options don't give. The old passphrase is read \
            first: both can come from the same descriptor, a line each.
            """)

    @OptionGroup var options: HomeOptions
    @OptionGroup var oldPassphrase: OldPassphraseOptions
    @OptionGroup var newPassphrase: NewPassphraseOptions

    @Flag(help: "Store the key without a passphrase.")
    var remove = false

    func validate() throws {
        guard !remove || !newPassphrase.isGiven else {
            throw ValidationError("Give either --remove or a new passphrase, not both.")
        }
    }

    func run() throws {
        let folder = try options.selectedUser()
        let old = try currentPassphrase(of: folder)
        let new =
            try remove
            ? nil
            : newPassphrase.read()
                ?? Passphrase.askTwice("New passphrase: ", again: "The same again: ")
        try folder.changePassphrase(from: old, to: new)
        try Output.write(
            new == nil
                ? "The key of \(folder.userName) has no passphrase now.\n"
                : "The key of \(folder.userName) has a new passphrase.\n")
    }

    /// The passphrase that opens the key, asked for if need be; nil where it has none. A wrong one
    /// is found out here, before the new one is asked for.
    private func currentPassphrase(of folder: UserFolder) throws(IdentityError) -> Passphrase? {
        var passphrase = try oldPassphrase.read()
        do throws(IdentityError) {
            _ = try folder.load(passphrase: passphrase)
        } catch {
            guard error.code == .passphraseNeeded else { throw error }
            passphrase = try Passphrase.ask("Old passphrase of \(folder.userName): ")
            _ = try folder.load(passphrase: passphrase)
        }
        return passphrase
    }
}
