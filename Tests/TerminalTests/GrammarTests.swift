import ArgumentParser
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("The command line")
struct GrammarTests {
    private func chat(_ arguments: String...) throws -> P2PChatCommand {
        try #require(try P2PChatCommand.parseAsRoot(arguments) as? P2PChatCommand)
    }

    /// The status and what is said of a wrong command line.
    private func complaint(_ arguments: [String]) async -> (status: Int32, errors: String) {
        let written = Written()
        let status = await Surroundings.$current.withValue(written.surroundings()) {
            await Program.run(arguments)
        }
        #expect(written.output.isEmpty)
        return (status, written.errors)
    }

    @Test("The chat takes its options")
    func chatOptions() throws {
        let command = try chat(
            "--home", "/h", "--user", "alice", "--listen", "[::1]:0", "--connect",
            "bob@192.0.2.7:1",
            "--connect", "192.0.2.8:2", "--trust", "a.pem", "--trust", "b.pem", "--tls", "--json",
            "--accept-new", "--keepalive", "5", "--handshake-timeout", "2.5", "--passphrase-fd",
            "3",
            "--log-level", "debug", "--to", "bob")
        #expect(command.global.home == "/h")
        #expect(command.global.user == "alice")
        #expect(command.global.json)
        #expect(command.global.passphraseFd == 3)
        #expect(command.global.logLevel == .debug)
        #expect(command.chat.listen == PeerAddress(host: "::1", port: 0))
        #expect(command.chat.connect.map(\.name) == ["bob", nil])
        #expect(command.chat.trust == ["a.pem", "b.pem"])
        #expect(command.chat.acceptNew && command.chat.tls && !command.chat.insecure)
        #expect(command.chat.keepalive == 5)
        #expect(command.chat.handshakeTimeout == 2.5)
        #expect(command.chat.to == "bob")
    }

    @Test("Options may stand before a sub-command or after it, and those after it win")
    func subcommandOptions() throws {
        let command = try #require(
            try P2PChatCommand.parseAsRoot([
                "--home", "/a", "--user", "alice", "--json", "contacts", "--home", "/b",
            ]) as? ContactsCommand)
        let options = try command.options(command.global, command.parent)
        #expect(options.home == "/b")
        #expect(options.user == "alice")
        #expect(options.json)
    }

    @Test("send takes a name and a text")
    func send() throws {
        let command = try #require(
            try P2PChatCommand.parseAsRoot([
                "send", "bob", "-", "--wait", "2", "--connect", "192.0.2.7:5555",
            ]) as? SendCommand)
        #expect(command.name == "bob")
        #expect(command.text == "-")
        #expect(command.wait == 2)
        #expect(command.dial?.address.port == 5_555)
        let literal = try #require(
            try P2PChatCommand.parseAsRoot(["send", "--", "bob", "--help"]) as? SendCommand)
        #expect(literal.text == "--help")
    }

    @Test("trust takes files, or a fingerprint and a name, or names to remove")
    func trust() throws {
        func trust(_ arguments: String...) throws -> TrustCommand {
            try #require(
                try P2PChatCommand.parseAsRoot(["trust"] + arguments) as? TrustCommand)
        }
        #expect(try trust("a.pem", "b.pem").files == ["a.pem", "b.pem"])
        #expect(try trust("--fingerprint", "AB", "bob").fingerprint == "AB")
        #expect(try trust("--remove", "bob", "--remove", "carol").remove == ["bob", "carol"])
        #expect(throws: (any Error).self) { try trust() }
        #expect(throws: (any Error).self) { try trust("a.pem", "b.pem", "--name", "bob") }
        #expect(throws: (any Error).self) { try trust("--fingerprint", "AB") }
    }

    @Test(
        "What is wrong is one sentence on standard error, and the status says usage",
        arguments: [
            ["--tls", "--insecure"], ["--listen", "x"], ["--listen", "1:2:3"],
            ["--connect", "@h:1"],
            ["--listen", "127.0.0.1:1", "--no-listen"], ["--insecure", "--trust", "x"],
            ["--insecure", "--passphrase-fd", "3"], ["--passphrase-fd", "-1"],
            ["--keepalive", "0"],
            ["--keepalive", "nan"], ["--handshake-timeout", "soon"], ["--log-level", "loud"],
            ["--passphrase-fd", "3", "--passphrase-file", "f"], ["--user", "a/b"], ["dance"],
            ["--no-such-option"], ["send", "bob"], ["send"], ["trust"], ["accept"],
            ["send", "bob", "x", "--wait", "-1"], ["--insecure", "contacts"], ["--home"],
            ["\u{1B}[31m\u{202E}"], ["--socks5", "proxy.example:1"], ["--socks5", "127.0.0.1:0"],
            ["--socks5", "127.0.0.1:1", "--discoverable"],
            ["--socks5", "127.0.0.1:1", "--listen", "example.org:1"],
        ])
    func usage(arguments: [String]) async {
        let (status, errors) = await complaint(arguments)
        #expect(status == 64)
        #expect(errors.hasPrefix("p2pchat: "))
        #expect(errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(errors.hasSuffix(".\n"))
        #expect(isSafe(errors))
    }

    @Test("A program without the table says so where the table is asked for, and nowhere else")
    func withoutTheTable() throws {
        func options(_ arguments: String...) throws -> InternetOptions {
            try #require(
                try P2PChatCommand.parseAsRoot(["--no-beacon"] + arguments) as? P2PChatCommand
            ).chat.internet
        }
        try options().validate(isBuiltIn: false)
        try options("--no-dht").validate(isBuiltIn: false)
        guard ChatConfiguration.Discovery.reachesTheInternet else { return }
        for asked in [
            try options("--dht-port", "4222"), try options("--dht-bootstrap", "192.0.2.1:4222"),
        ] {
            try asked.validate(isBuiltIn: true)
            let error = #expect(throws: ValidationError.self) {
                try asked.validate(isBuiltIn: false)
            }
            #expect(error?.message.contains("swift build --traits DHT") == true)
        }
    }

    @Test("A proxy is taken by number, and takes its time")
    func proxies() throws {
        func chat(_ arguments: String...) throws -> ChatOptions {
            try #require(try P2PChatCommand.parseAsRoot(arguments) as? P2PChatCommand).chat
        }
        #expect(try chat("--socks5", "localhost:9050").socks5?.description == "127.0.0.1:9050")
        #expect(try chat("--socks5", "[2001:db8::7]:1080").socks5?.host == "2001:db8::7")
        #expect(try chat("--socks5", "127.0.0.1:9050").patience == 60)
        #expect(try chat("--socks5", "127.0.0.1:9050", "--handshake-timeout", "3").patience == 3)
        #expect(try chat().patience == 10)
    }

    @Test("Help and the version go to standard output", arguments: ["--help", "--version", "-h"])
    func help(argument: String) async {
        let written = Written()
        let status = await Surroundings.$current.withValue(written.surroundings()) {
            await Program.run([argument])
        }
        #expect(status == 0)
        #expect(!written.output.isEmpty && written.errors.isEmpty)
    }

    @Test(
        "Where to connect",
        arguments: [
            ("bob@192.0.2.7:5555", "bob", "192.0.2.7:5555"), ("h:1", nil, "h:1"),
            ("a@b@h:1", "a@b", "h:1"), ("[2001:db8::1]:80", nil, "[2001:db8::1]:80"),
        ])
    func dials(text: String, name: String?, address: String) throws {
        let dial = try #require(Dial(text))
        #expect(dial.name == name)
        #expect(dial.address.description == address)
    }

    @Test("Where not", arguments: ["", "@h:1", "h", "h:0", "h:", "h:65536", "bob@", "h h:1"])
    func noDials(text: String) {
        #expect(Dial(text) == nil)
    }
}
