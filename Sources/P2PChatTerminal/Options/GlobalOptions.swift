import ArgumentParser
import P2PChat

/// What every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that holds the users' folders; else P2PCHAT_HOME.", valueName: "dir"))
    var home: String?

    @Option(help: ArgumentHelp("Who you are; else the only identity there is.", valueName: "name"))
    var user: String?

    @Flag(help: "JSON, one object to a line, instead of text for people.")
    var json = false

    @Option(
        help: ArgumentHelp("A file with the key's passphrase in its first line.", valueName: "file")
    )
    var passphraseFile: String?

    @Option(
        help: ArgumentHelp(
            "An open file descriptor to read the key's passphrase from.", valueName: "n"))
    var passphraseFd: Int32?

    @Option(
        help: ArgumentHelp(
            "What to log on standard error: trace, debug, info, notice, warning, error, critical.",
            valueName: "level"),
        transform: Self.level)
    var logLevel: Logger.Level?

    func validate() throws {
        if passphraseFile != nil && passphraseFd != nil {
            throw ValidationError(
                "--passphrase-file and --passphrase-fd exclude each other: give one of them.")
        }
        if let passphraseFd, passphraseFd < 0 {
            throw ValidationError("--passphrase-fd takes the number of an open file descriptor.")
        }
        if let user, let wrong = Self.wrong(userName: user) { throw ValidationError(wrong) }
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("it is one of \(names)")
        }
        return level
    }

    private static func wrong(userName: String) -> String? {
        do {
            _ = try UserName(userName)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// These, and where they say nothing, those that stood before the command's name.
    func over(_ earlier: GlobalOptions) -> GlobalOptions {
        var options = self
        options.home = home ?? earlier.home
        options.user = user ?? earlier.user
        options.json = json || earlier.json
        if passphraseFile == nil && passphraseFd == nil {
            options.passphraseFile = earlier.passphraseFile
            options.passphraseFd = earlier.passphraseFd
        }
        options.logLevel = logLevel ?? earlier.logLevel
        return options
    }
}
