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

/// Where a backup's passphrase comes from. It is another than the key's, hence the long names.
struct BackupPassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the backup's passphrase from the first line of a file.", valueName: "file"))
    var backupPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Take the backup's passphrase from the first line of an open file descriptor.",
            valueName: "n"))
    var backupPassphraseFd: Int32?

    func validate() throws {
        guard backupPassphraseFile == nil || backupPassphraseFd == nil else {
            throw ValidationError(
                "Give either --backup-passphrase-file or --backup-passphrase-fd, not both.")
        }
    }

    /// What the options give, or else what `ask` does.
    func read(
        orAsking ask: () throws(IdentityError) -> Passphrase
    ) throws(IdentityError) -> Passphrase {
        if let backupPassphraseFile { return try Passphrase(file: backupPassphraseFile) }
        if let backupPassphraseFd { return try Passphrase(descriptor: backupPassphraseFd) }
        return try naming("--backup-passphrase-file or --backup-passphrase-fd", ask)
    }
}

/// Where the passphrase of the key inside a backup comes from.
struct KeyPassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the passphrase of the key inside the backup from the first line of a file.",
            valueName: "file"))
    var keyPassphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "Take the passphrase of the key inside from the first line of an open file descriptor.",
            valueName: "n"))
    var keyPassphraseFd: Int32?

    func validate() throws {
        guard keyPassphraseFile == nil || keyPassphraseFd == nil else {
            throw ValidationError(
                "Give either --key-passphrase-file or --key-passphrase-fd, not both.")
        }
    }

    /// Nil where neither option is given.
    func read() throws(IdentityError) -> Passphrase? {
        if let keyPassphraseFile { return try Passphrase(file: keyPassphraseFile) }
        if let keyPassphraseFd { return try Passphrase(descriptor: keyPassphraseFd) }
        return nil
    }
}

/// Asks on the terminal; where there is none, says which options do instead.
func naming<Answer>(
    _ options: String, _ ask: () throws(IdentityError) -> Answer
) throws(IdentityError) -> Answer {
    do throws(IdentityError) {
        return try ask()
    } catch {
        guard error.code == .noTerminal else { throw error }
        throw IdentityError(
            .noTerminal,
            "There is no terminal to ask for the passphrase on; give it with \(options).")
    }
}
