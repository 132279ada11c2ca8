internal import ArgumentParser
internal import ChatIdentity

/// Where a new passphrase comes from.
struct NewPassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the new passphrase from the first line of a file.", valueName: "file"))
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Take the new passphrase from the first line of an open file descriptor.",
            valueName: "n"))
    var passphraseFd: Int32?

    var isGiven: Bool { passphraseFile != nil || passphraseFd != nil }

    func validate() throws {
        guard passphraseFile == nil || passphraseFd == nil else {
            throw ValidationError("Give either --passphrase-file or --passphrase-fd, not both.")
        }
    }

    /// Nil where neither option is given.
    func read() throws(IdentityError) -> Passphrase? {
        if let passphraseFile { return try Passphrase(file: passphraseFile) }
        if let passphraseFd { return try Passphrase(descriptor: passphraseFd) }
        return nil
    }
}

/// Where the passphrase that a key has comes from.
struct OldPassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the old passphrase from the first line of a file.", valueName: "file"))
    var oldPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Take the old passphrase from the first line of an open file descriptor.",
            valueName: "n"))
    var oldPassphraseFd: Int32?

    func validate() throws {
        guard oldPassphraseFile == nil || oldPassphraseFd == nil else {
            throw ValidationError(
                "Give either --old-passphrase-file or --old-passphrase-fd, not both.")
        }
    }

    /// Nil where neither option is given.
    func read() throws(IdentityError) -> Passphrase? {
        if let oldPassphraseFile { return try Passphrase(file: oldPassphraseFile) }
        if let oldPassphraseFd { return try Passphrase(descriptor: oldPassphraseFd) }
        return nil
    }
}
