import ArgumentParser
import P2PChat

/// `p2pchat`: the chat itself, and the way to its sub-commands.
struct P2PChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "p2pchat",
        abstract: "Encrypted chat between people who hold each other's certificates.",
        discussion: """
            Without a sub-command, it listens, connects to your contacts and lets you talk: at a \
            prompt on a terminal, in plain lines otherwise, or in JSON with --json.

            Make an identity first: p2pchat-keygen --user NAME
            """,
        version: Release.version,
        subcommands: [
            SendCommand.self, ContactsCommand.self, RequestsCommand.self, TrustCommand.self,
            AcceptCommand.self, RejectCommand.self, VerifyCommand.self,
            HistoryCommand.self, SearchCommand.self, ExportCommand.self, ForgetCommand.self,
            RetentionCommand.self, DoctorCommand.self,
        ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var chat: ChatOptions

    func validate() throws {
        if chat.insecure && (global.passphraseFile != nil || global.passphraseFd != nil) {
            throw ValidationError("--insecure uses no key: leave the passphrase away.")
        }
        if chat.gui && chat.socks5 != nil {
            throw ValidationError("The window takes no --socks5: leave one of them away.")
        }
        if chat.gui && global.json {
            throw ValidationError("--gui and --json exclude each other: give one of them.")
        }
    }

    func run() async throws {
        if chat.gui { try DesktopWindow.open(Array(CommandLine.arguments.dropFirst())) }
        try await Chat(global, chat, .current).run()
    }
}

extension ParsableCommand {
    /// The options of this command over those that stood before its name.
    func options(_ own: GlobalOptions, _ parent: P2PChatCommand) throws -> GlobalOptions {
        if parent.chat.insecure {
            throw ValidationError(
                "--insecure knows no contacts: only the chat and \"send\" take it.")
        }
        return own.over(parent.global)
    }
}
