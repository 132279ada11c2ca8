internal import ArgumentParser
internal import ChatBackup
internal import ChatIdentity
internal import ChatValues

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup back where your key, contacts and messages belong.",
        discussion: """
            All of the backup is checked first. It is put in place in one step, or not at all, and \
            never over what is there; --force keeps the user's old folder beside the new one, as \
            NAME~1.

            The backup's passphrase is asked for on the terminal, and then the key's, if it has one.
            """)

    @Option(
        help: ArgumentHelp(
            "Whose backup it has to be; anybody's where not given.", valueName: "name"),
        transform: UserName.init)
    var user: UserName?

    @Option(help: ArgumentHelp("The folder that the users' folders lie in.", valueName: "dir"))
    var home: String?

    @OptionGroup var backupPassphrase: BackupPassphraseOptions
    @OptionGroup var keyPassphrase: KeyPassphraseOptions

    @Flag(help: "Replace what the user has, and keep the old beside the new.")
    var force = false

    @Argument(help: "The backup.")
    var file: String

    func run() async throws {
        let home = try IdentityHome.resolve(option: home)
        let backup = try BackupFile(file)
        let passphrase = try backupPassphrase.read { () throws(IdentityError) in
            try Passphrase.ask("Passphrase of the backup: ")
        }
        var keySecret = try keyPassphrase.read()
        let unpacked = try backup.unpack(
            into: home, for: user, replacing: force, passphrase: passphrase)
        let identity: Identity
        do {
            identity = try await unpacked.check(keyPassphrase: keySecret)
        } catch let error as IdentityError where error.code == .passphraseNeeded {
            let name = unpacked.destination?.userName.text ?? "the user"
            keySecret = try naming("--key-passphrase-file or --key-passphrase-fd") {
                () throws(IdentityError) in
                try Passphrase.ask("Passphrase of \(SafeText.singleLine(name))'s key: ")
            }
            identity = try await unpacked.check(keyPassphrase: keySecret)
        }
        let former = try unpacked.install()
        var fields = [
            ("User", unpacked.destination?.userName.text ?? ""),
            ("Home", unpacked.destination?.path ?? ""),
            ("Fingerprint", identity.fingerprint.description),
        ]
        if let former { fields.append(("Kept", former)) }
        try Output.write(fields: fields)
    }
}
