import ChatIdentity
import ChatValues
import Foundation
import Testing

/// Which home it is, and who lives there.
struct HomeTests {
    private func resolve(_ option: String?, _ environment: [String: String]) throws -> String {
        try IdentityHome.resolve(option: option) { environment[$0] }.path
    }

    @Test func theOptionComesFirstThenTheEnvironment() throws {
        let all = ["P2PCHAT_HOME": "/p", "XDG_DATA_HOME": "/x", "HOME": "/h"]
        #expect(try resolve("/o", all) == "/o")
        #expect(try resolve(nil, all) == "/p")
        #expect(try resolve(nil, ["XDG_DATA_HOME": "/x", "HOME": "/h"]) == "/x/p2pchat")
        #expect(try resolve(nil, ["HOME": "/h"]) == "/h/.local/share/p2pchat")
    }

    @Test func emptyAndRelativeValuesCountAsAbsent() throws {
        let home = ["P2PCHAT_HOME": "", "XDG_DATA_HOME": "relative", "HOME": "/h"]
        #expect(try resolve("", home) == "/h/.local/share/p2pchat")
        #expect(try resolve("here//", [:]) == "here")
        #expect(try resolve("/", [:]) == "/")
        #expect(errorCode { try resolve(nil, [:]) } == .noIdentity)
    }

    @Test func usersAreThoseWithAKey() throws {
        let folder = try TemporaryFolder()
        let home = IdentityHome(path: folder.path + "/home")
        #expect(try home.users().isEmpty)
        for name in ["zoe", "alice"] {
            try home.user(UserName(name)).save(
                Identity.make(userName: UserName(name)), passphrase: nil)
        }
        for name in ["empty", ".hidden", "with space"] {
            try FileManager.default.createDirectory(
                atPath: home.path + "/" + name, withIntermediateDirectories: true)
        }
        _ = try folder.write("", to: "home/file")
        #expect(try home.users().map(\.text) == ["alice", "zoe"])
    }

    @Test func theOnlyUserNeedNotBeNamed() throws {
        let folder = try TemporaryFolder()
        let home = IdentityHome(path: folder.path + "/home")
        #expect(errorCode { try home.select(nil) } == .noIdentity)
        try home.user(UserName("alice")).save(
            Identity.make(userName: UserName("alice")), passphrase: nil)
        #expect(try home.select(nil).userName.text == "alice")
        #expect(try home.select(UserName("alice")).path == home.path + "/alice")
        let missing = #expect(throws: IdentityError.self) { try home.select(UserName("bob")) }
        #expect(missing?.code == .noIdentity)
        #expect(missing?.description.contains("p2pchat-keygen --user bob") == true)
        try home.user(UserName("bob")).save(
            Identity.make(userName: UserName("bob")), passphrase: nil)
        let several = #expect(throws: IdentityError.self) { try home.select(nil) }
        #expect(several?.code == .severalIdentities)
        #expect(several?.description.contains("(alice, bob)") == true)
    }
}
