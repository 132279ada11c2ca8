import ChatIdentity
import Foundation
import Testing

/// Where the control socket stands, and who may come near it.
@Suite("The socket in the home")
struct HomeSocketTests {
    private func listen(_ home: TemporaryHome) throws -> Int32 {
        try HomeSocket.listen(in: home.user, backlog: 8)
    }

    private func code(_ body: () throws -> Void) -> IdentityError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? IdentityError)?.code
        }
    }

    @Test("It is a socket of the user's alone, and the only new thing in the folder")
    func mode() throws {
        let home = try TemporaryHome()
        let descriptor = try listen(home)
        defer { close(descriptor) }
        let (type, mode) = try home.attributes(home.socket)
        #expect(type == .typeSocket)
        #expect(mode == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home.user.path) == ["control.sock"])
    }

    @Test("A path far longer than a socket's address takes", arguments: [0, 107, 200, 1_000])
    func deep(depth: Int) throws {
        let home = try TemporaryHome(depth: depth)
        let listener = try listen(home)
        defer { close(listener) }
        let client = try #require(try HomeSocket.connect(in: home.user))
        close(client)
        try HomeSocket.remove(in: home.user)
        #expect(!FileManager.default.fileExists(atPath: home.socket))
    }

    @Test("What a killed program left behind is replaced, and nobody listens there until then")
    func stale() throws {
        let home = try TemporaryHome()
        close(try listen(home))
        #expect(try HomeSocket.connect(in: home.user) == nil)
        let listener = try listen(home)
        defer { close(listener) }
        let client = try #require(try HomeSocket.connect(in: home.user))
        close(client)
    }

    @Test("Where there is none, nobody listens")
    func none() throws {
        let home = try TemporaryHome()
        #expect(try HomeSocket.connect(in: home.user) == nil)
        try HomeSocket.remove(in: home.user)
    }

    @Test("A symbolic link in its place is neither followed nor removed")
    func link() throws {
        let (home, other) = (try TemporaryHome(), try TemporaryHome())
        let elsewhere = try listen(other)
        defer { close(elsewhere) }
        try FileManager.default.createSymbolicLink(
            atPath: home.socket, withDestinationPath: other.socket)
        #expect(code { _ = try listen(home) } == .unexpectedFile)
        #expect(code { _ = try HomeSocket.connect(in: home.user) } == .unexpectedFile)
        try HomeSocket.remove(in: home.user)
        #expect(try home.attributes(home.socket).type == .typeSymbolicLink)
    }

    @Test("A file or a folder in its place stays")
    func other() throws {
        for isFolder in [false, true] {
            let home = try TemporaryHome()
            if isFolder {
                try FileManager.default.createDirectory(
                    atPath: home.socket, withIntermediateDirectories: false)
            } else {
                try Data("mine".utf8).write(to: URL(filePath: home.socket))
            }
            #expect(code { _ = try listen(home) } == .unexpectedFile)
            #expect(code { _ = try HomeSocket.connect(in: home.user) } == .unexpectedFile)
            try HomeSocket.remove(in: home.user)
            #expect(FileManager.default.fileExists(atPath: home.socket))
        }
    }

    @Test("A socket or a folder that others can reach is not used")
    func loose() throws {
        let home = try TemporaryHome()
        let listener = try listen(home)
        defer { close(listener) }
        chmod(home.socket, 0o622)
        #expect(code { _ = try HomeSocket.connect(in: home.user) } == .loosePermissions)
        chmod(home.socket, 0o600)
        chmod(home.user.path, 0o711)
        #expect(code { _ = try HomeSocket.connect(in: home.user) } == .loosePermissions)
        #expect(code { _ = try listen(home) } == .loosePermissions)
    }
}
