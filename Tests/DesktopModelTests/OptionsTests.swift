import P2PChat
import Testing

@testable import ChatDesktopModel

/// The program's command line.
struct OptionsTests {
    private func options(_ arguments: String...) throws -> DesktopOptions {
        guard case .window(let options) = try DesktopOptions.parse(arguments) else {
            throw NodeFailure(.badCommand, "not a window")
        }
        return options
    }

    @Test func optionsAreTakenInBothForms() throws {
        let given = try options(
            "--home=/h", "--user", "alice", "--connect", "bob@host:1", "--connect=host:2",
            "--listen", "127.0.0.1:0", "--trust", "b.pem")
        #expect(given.home == "/h")
        #expect(given.user?.text == "alice")
        #expect(given.connect.map(\.name) == ["bob", nil])
        #expect(given.connect.map(\.address.port) == [1, 2])
        #expect(given.listen?.port == 0)
        #expect(given.trust == ["b.pem"])
    }

    @Test(arguments: [
        ["--nonsense"], ["--home"], ["--user", "a b"], ["--listen", "a b:1"],
        ["--listen", "h:1", "--no-listen"], ["--insecure", "--trust", "x"],
        ["--insecure", "--passphrase-fd", "3"], ["--passphrase-fd", "-1"],
        ["--passphrase-fd", "3", "--passphrase-file", "f"], ["stray"],
    ])
    func whatMakesNoSenseIsASentence(arguments: [String]) {
        #expect(throws: NodeFailure.self) { try DesktopOptions.parse(arguments) }
    }
}
