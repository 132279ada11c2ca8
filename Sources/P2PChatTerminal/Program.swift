import ArgumentParser
import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@main
enum Program {
    static func main() async {
        Signals.ignorePipes()
        Signals.quitPlainly()
        CoreDumps.forbid()
        OpenFiles.raiseLimit()
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Runs the command that the arguments say, and returns the status to end with.
    static func run(_ arguments: [String]) async -> Int32 {
        let surroundings = Surroundings.current
        do {
            var command = try P2PChatCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as CommandFailure {
            surroundings.complain("p2pchat: \(failure.description)")
            return failure.status
        } catch let code as ExitCode {
            // What there is to say has been said.
            return code.rawValue
        } catch {
            let status = P2PChatCommand.exitCode(for: error)
            if status.isSuccess {
                // Help, or the version.
                surroundings.print(P2PChatCommand.fullMessage(for: error))
            } else {
                let message = P2PChatCommand.message(for: error)
                surroundings.complain("p2pchat: " + oneSentence(message))
            }
            return status.rawValue
        }
    }

    /// The parser's message as one line, with its arguments made safe and an end.
    static func oneSentence(_ message: String) -> String {
        let lines = SafeText.lines(message).map { $0.split(separator: " ").joined(separator: " ") }
        let text = lines.filter { !$0.isEmpty }.joined(separator: " ")
        // The parser's own messages have no end, and say what is wrong but not what is right.
        return text.hasSuffix(".") ? text : text + "; p2pchat --help says what there is."
    }
}
