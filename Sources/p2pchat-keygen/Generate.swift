internal import ArgumentParser
internal import ChatIdentity
internal import ChatValues

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a new key and certificate.",
        discussion: """
            Never overwrites anything. With --force the old key and certificate stay beside the \
            new ones, as key.pem.1 and certificate.pem.1.
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

    func run() throws {
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
        let secret =
            try passphrase
            ? Passphrase.askTwice("Passphrase for the new key: ", again: "The same again: ")
            : newPassphrase.read()
        let identity = try Identity.make(userName: user, keyType: keyType)
        let kept = try folder.save(identity, passphrase: secret, replacing: force)
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
