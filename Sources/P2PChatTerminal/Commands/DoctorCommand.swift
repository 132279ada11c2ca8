import ArgumentParser
import P2PChat

/// `p2pchat doctor`: what works, and what stands in the way.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at what p2pchat needs, and say what is wrong.",
        discussion: """
            Takes the options of the chat that you would start. Where a chat runs, it is asked; \
            where none does, things are tried out. The status is 0 where all is well, and 1 where \
            there is something to mend.
            """)

    @ParentCommand var parent: P2PChatCommand
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let options = try options(global, parent)
        let surroundings = Surroundings.current
        let chat = parent.chat
        let findings = try await CommandFailure.wrapping {
            let folder: Result<UserFolder, IdentityError>
            do {
                folder = .success(try Home(options).folder)
            } catch let error as IdentityError {
                folder = .failure(error)
            }
            let doctor = Doctor(
                Doctor.Subject(
                    folder: folder, listening: chat.listening, beacon: !chat.noBeacon,
                    dht: chat.internet.dht(chat.listening, folder: nil),
                    portMapping: chat.internet.portMapping(chat.listening),
                    proxy: chat.socks5),
                now: surroundings.now(), live: await Self.live(folder))
            return await doctor.examine()
        }
        if options.json {
            surroundings.print(
                JSONEvents.line("doctor", at: surroundings.now()) { Self.write(findings, to: &$0) })
        } else {
            for finding in findings { Self.show(finding, surroundings) }
        }
        if findings.contains(where: { $0.verdict == .problem }) { throw ExitCode(1) }
    }

    /// Of a p2pchat that runs, and knows how to say it.
    private static func live(_ folder: Result<UserFolder, IdentityError>) async -> NodeStatus? {
        guard let folder = try? folder.get(),
            let client = try? await ControlClient.connect(to: folder)
        else { return nil }
        return try? await client.status()
    }

    private static func show(_ finding: Diagnosis, _ surroundings: Surroundings) {
        let mark =
            switch finding.verdict {
            case .fine: "ok "
            case .off: "-  "
            case .problem: "!! "
            }
        let advice = finding.advice.map { " " + $0 } ?? ""
        surroundings.print("\(mark)\(finding.text)\(advice) [\(finding.command)]")
    }

    private static func write(_ findings: [Diagnosis], to json: inout JSONWriter) {
        json.key("findings")
        json.array { json in
            for finding in findings {
                json.object { json in
                    json.member("area", finding.area.rawValue)
                    json.member("verdict", finding.verdict.rawValue)
                    json.member("text", finding.text)
                    if let advice = finding.advice { json.member("advice", advice) }
                    json.member("command", finding.command)
                }
            }
        }
    }
}
