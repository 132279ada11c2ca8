internal import ArgumentParser
internal import ChatBackup
internal import ChatIdentity
internal import ChatValues

struct BackUp: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write your key, contacts and messages to one encrypted file.",
        discussion: """
            The file is encrypted with a passphrase of its own, asked for twice on the terminal. \
            Without it nobody opens the backup, you included. p2pchat may be running meanwhile.

            'p2pchat-keygen restore' puts it back, and tar and openssl open it: the first lines of \
            the file say how.
            """)

    @OptionGroup var options: HomeOptions
    @OptionGroup var backupPassphrase: BackupPassphraseOptions

    @Flag(help: "Replace the file where there is one.")
    var force = false

    @Argument(help: "The file to make, or '-' for standard output.")
    var file: String

    func run() throws {
        let folder = try options.selectedUser()
        let writer = try BackupWriter(of: folder, to: file, replacing: force)
        let passphrase = try backupPassphrase.read { () throws(IdentityError) in
            try Passphrase.askTwice("Passphrase for the backup: ", again: "The same again: ")
        }
        let size = try writer.write(passphrase: passphrase)
        guard file != BackupWriter.standardOutput else { return }
        try Output.write(fields: [
            ("User", folder.userName.text), ("Backup", file), ("Size", "\(size) bytes"),
        ])
    }
}
