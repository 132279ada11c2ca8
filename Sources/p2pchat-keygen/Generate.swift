internal import ArgumentParser
internal import ChatBackup
internal import ChatIdentity
internal import ChatValues

struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a new key and certificate.",
        discussion: """
            Never overwrites anything. With --force the old key and certificate stay beside the \
            new ones, as key.pem.1 and certificate.pem.1. Your messages become the new key's: so the \
            old one's passphrase is needed, if it has one. Where you can't give it, \
            --set-history-aside begins with no messages and keeps the old ones in \
            p2pchat.sqlite.1, which the old key alone opens.
            """)

    @Option(
        help: ArgumentHelp(
            "The name in the certificate: letters, digits, '.', '_' and '-'.", valueName: "name"),
        transform: UserName.init)
    var user: UserName

    @Option(help: ArgumentHelp("The folder that the users' folders lie in.", valueName: "dir"))
    var home: String?

    @Option(help: ArgumentHelp("The kind of key: ed25519 or p256.", valueName: "type"))
    var keyType: KeyType = .ed25519

    @Flag(help: "Encrypt the key with a passphrase, asked for twice on the terminal.")
    var passphrase = false

    @OptionGroup var newPassphrase: NewPassphraseOptions
    @OptionGroup var oldPassphrase: OldPassphraseOptions

    @Flag(help: "Begin with no messages, and keep the old ones for the old key alone.")
    var setHistoryAside = false

    @Option(
        help: ArgumentHelp(
            "Where to put the certificate to give away; a file or a folder. (default: ./NAME.pem)",
            valueName: "path"))
    var out: String?

    @Flag(help: "Replace what is there, and keep the old beside the new.")
    var force = false

    func validate() throws {
        guard !passphrase || !newPassphrase.isGiven else {
            throw ValidationError(
                "Give either --passphrase, --passphrase-file or --passphrase-fd, not several.")
        }
    }

    func run() async throws {
        let folder = try IdentityHome.resolve(option: home).user(user)
        let file = CertificateFile(path: out, defaultName: "\(user).pem")
        guard force || !folder.hasIdentity else {
            throw IdentityError(
                .exists,
                "\(user) has an identity already, in \(folder.path); "
                    + "write its certificate with 'p2pchat-keygen export --user \(user)', "
                    + "or replace it with --force, which keeps the old one beside the new.")
        }
        try file.check(replacing: force)
        let replacement = try await KeyReplacement(in: folder)
        let old = try ownerOfMessages(folder, replacement)
        let secret =
            try passphrase
            ? Passphrase.askTwice("Passphrase for the new key: ", again: "The same again: ")
            : newPassphrase.read()
        let identity = try Identity.make(userName: user, keyType: keyType)
        let kept =
            if let old {
                try await replacement.replace(old, with: identity, passphrase: secret)
            } else {
                try await replacement.replaceLeavingMessages(
                    with: identity, passphrase: secret, replacing: force)
            }
        let outcome: CertificateFile.Outcome
        do {
            outcome = try file.write(identity.certificate, replacing: force)
        } catch {
            throw IdentityError(
                error.code,
                "The identity was made, but its certificate not written: \(error.description)")
        }
        try report(identity, folder, file, outcome, kept: kept)
    }

    /// The present identity, where there are messages that it reads; asks for its passphrase.
    private func ownerOfMessages(
        _ folder: UserFolder, _ replacement: KeyReplacement
    ) throws(IdentityError) -> Identity? {
        guard replacement.messageCount > 0, !setHistoryAside else { return nil }
        do throws(IdentityError) {
            let passphrase = try oldPassphrase.read()
            do throws(IdentityError) {
                return try folder.load(passphrase: passphrase)
            } catch {
                guard error.code == .passphraseNeeded else { throw error }
            }
            return try folder.load(
                passphrase: Passphrase.ask("Passphrase of \(user)'s present key: "))
        } catch {
            guard error.code != .cancelled else { throw error }
            let count = replacement.messageCount
            throw IdentityError(
                error.code,
                "The present key opens \(count == 1 ? "a message" : "\(count) messages"), and can't "
                    + "be used (\(error.description)): give its passphrase with "
                    + "--old-passphrase-file, or begin without them with --set-history-aside.")
        }
    }

    private func report(
        _ identity: Identity, _ folder: UserFolder, _ file: CertificateFile,
        _ outcome: CertificateFile.Outcome, kept: [String]
    ) throws {
        var fields = [
            ("User", user.text),
            ("Home", folder.path),
            ("Certificate", file.path),
            ("Fingerprint", identity.fingerprint.description),
        ]
        var former = kept
        if case .replaced(let path) = outcome { former.append(path) }
        fields += former.map { ("Kept", $0) }
        try Output.write(fields: fields)
        if !kept.isEmpty {
            try Output.write(
                "Your contacts know the old certificate: give them the new one, or they will "
                    + "refuse you.\n")
        }
    }
}
