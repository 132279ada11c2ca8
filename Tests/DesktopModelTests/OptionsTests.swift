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

    @Test func discoveryIsAsTheTerminalHasIt() throws {
        let settings = WindowSettings()
        let usual = try options().discovery.discovery(
            settings, .everywhere(port: 5_555), folder: nil)
        #expect(usual.beacon && !usual.discoverable && usual.portMapping)
        #expect(usual.dht?.bootstrap == [])
        #expect(usual.seedPort == ChatConfiguration.Discovery.usualSeedPort)
        let local = try options().discovery.discovery(
            settings, .at(PeerAddress(host: "127.0.0.1", port: 0)), folder: nil)
        #expect(local.dht == nil && !local.portMapping)
        let asked = try options(
            "--no-beacon", "--discoverable", "--no-port-mapping", "--seed-discovery-port", "0"
        ).discovery.discovery(settings, .everywhere(port: 5_555), folder: nil)
        #expect(!asked.beacon && asked.discoverable && !asked.portMapping)
        #expect(asked.seedPort == nil)
    }

    @Test func whatTheSettingsTurnOffStaysOff() throws {
        var settings = WindowSettings()
        settings.beacon = false
        settings.internet = false
        settings.discoverable = true
        #expect(WindowSettings(settings.values) == settings)
        let found = try options().discovery.discovery(
            settings, .everywhere(port: 5_555), folder: nil)
        #expect(!found.beacon && found.discoverable && !found.portMapping && found.dht == nil)
    }

    @Test(.enabled(if: ChatConfiguration.Discovery.reachesTheInternet))
    func whereToJoinTheTableIsTakenInSeveralWays() throws {
        let given = try options(
            "--dht-bootstrap", "a:1", "b:2", "--dht-bootstrap=c:3", "--dht-port", "4222",
            "--listen", "127.0.0.1:0")
        let found = given.discovery.discovery(
            WindowSettings(), .at(PeerAddress(host: "127.0.0.1", port: 0)), folder: nil)
        #expect(found.dht?.bootstrap.map(\.port) == [1, 2, 3])
        #expect(found.dht?.port == 4_222)
    }

    @Test(arguments: [
        ["--nonsense"], ["--home"], ["--user", "a b"], ["--listen", "a b:1"],
        ["--listen", "h:1", "--no-listen"], ["--insecure", "--trust", "x"],
        ["--insecure", "--passphrase-fd", "3"], ["--passphrase-fd", "-1"],
        ["--passphrase-fd", "3", "--passphrase-file", "f"], ["stray"],
        ["--insecure", "--discoverable"], ["--dht-port", "0"], ["--dht-bootstrap", "nowhere"],
        ["--no-dht", "--dht-port", "1"], ["--seed-discovery-port", "70000"],
    ])
    func whatMakesNoSenseIsASentence(arguments: [String]) {
        #expect(throws: NodeFailure.self) { try DesktopOptions.parse(arguments) }
    }
}
