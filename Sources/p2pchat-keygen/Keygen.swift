internal import ArgumentParser
internal import ChatCore
internal import ChatIdentity
internal import ChatStore
internal import ChatValues

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

@main
struct Keygen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "p2pchat-keygen",
        abstract: "Make and look after the key and the certificate that you chat with.",
        usage: """
            p2pchat-keygen --user NAME [--key-type TYPE] [--passphrase] [--out PATH] [--force]
            p2pchat-keygen show [--user NAME | FILE] [--json]
            p2pchat-keygen export [--user NAME] [--out PATH] [--force]
            p2pchat-keygen passphrase [--user NAME] [--remove]
            p2pchat-keygen backup [--user NAME] FILE [--force]
            p2pchat-keygen restore [--user NAME] FILE [--force]
            """,
        discussion: """
            A new identity is a private key, which stays in your home folder, and a certificate, \
            which you give to the people you chat with. They compare its fingerprint with you.

            The home folder is the one that --home names, or P2PCHAT_HOME, or \
            $XDG_DATA_HOME/p2pchat, or ~/.local/share/p2pchat.
            """,
        version: Release.version,
        subcommands: [
            Generate.self, Show.self, Export.self, ChangePassphrase.self, BackUp.self, Restore.self,
        ],
        defaultSubcommand: Generate.self)

    static func main() async {
        CoreDumps.forbid()
        // Ctrl-\ ends the program. Swift's runtime would take it for a crash to be explained.
        signal(SIGQUIT, SIG_DFL)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as IdentityError {
            fail(error.description, status: error.exitStatus)
        } catch let failure as StoreFailure {
            fail(failure.description, status: failure.exitStatus)
        } catch  where exitCode(for: error).isSuccess {
            // The help or the version was asked for.
            exit(withError: error)
        } catch {
            fail(
                message(for: error) + " (see p2pchat-keygen --help)",
                status: exitCode(for: error).rawValue)
        }
    }

    private static func fail(_ sentence: String, status: Int32) -> Never {
        let line = Array("p2pchat-keygen: \(SafeText.singleLine(sentence))\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(withError: ExitCode(status))
    }
}
