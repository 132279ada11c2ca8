import ChatIdentity
import ChatValues
import Foundation
import Testing

/// The certificate that is given away lies where the user wants it, and destroys nothing there.
struct CertificateFileTests {
    private let folder: TemporaryFolder
    private let certificate: Certificate

    init() throws {
        folder = try TemporaryFolder()
        certificate = try Identity.make(userName: UserName("alice")).certificate
    }

    private func file(_ path: String) -> CertificateFile {
        CertificateFile(path: path, defaultName: "alice.pem")
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func aFolderTakesTheDefaultName() throws {
        let target = file(folder.path)
        #expect(target.path == folder.path + "/alice.pem")
        try target.check(replacing: false)
        #expect(try target.write(certificate, replacing: false) == .written)
        #expect(try Certificate.certificates(inFile: target.path) == [certificate])
        #expect(try names() == ["alice.pem"])
    }

    @Test func theSameContentIsLeftAlone() throws {
        let target = file(folder.path + "/mine.pem")
        #expect(try target.write(certificate, replacing: false) == .written)
        #expect(try target.write(certificate, replacing: false) == .unchanged)
        #expect(try target.write(certificate, replacing: true) == .unchanged)
        #expect(try names() == ["mine.pem"])
    }

    @Test func somethingElseIsNotOverwritten() throws {
        let path = try folder.write("another alice", to: "alice.pem")
        #expect(errorCode { try file(path).check(replacing: false) } == .exists)
        #expect(errorCode { try file(path).write(certificate, replacing: false) } == .exists)
        #expect(try folder.bytes(of: "alice.pem") == Array("another alice".utf8))
        #expect(try names() == ["alice.pem"])
    }

    @Test func somethingElseIsKeptWhenReplaced() throws {
        let path = try folder.write("another alice", to: "alice.pem")
        _ = try folder.write("a third", to: "alice.pem.1")
        #expect(
            try file(path).write(certificate, replacing: true)
                == .replaced(formerPath: path + ".2"))
        #expect(try folder.bytes(of: "alice.pem.2") == Array("another alice".utf8))
        #expect(try folder.bytes(of: "alice.pem.1") == Array("a third".utf8))
        #expect(try Certificate.certificates(inFile: path) == [certificate])
        #expect(try names() == ["alice.pem", "alice.pem.1", "alice.pem.2"])
    }

    @Test func aLinkIsReplacedAndNotWrittenThrough() throws {
        let target = try folder.write("precious", to: "target")
        let path = folder.path + "/alice.pem"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        #expect(errorCode { try file(path).write(certificate, replacing: false) } == .exists)
        _ = try file(path).write(certificate, replacing: true)
        #expect(try folder.bytes(of: "target") == Array("precious".utf8))
        #expect(try Certificate.certificates(inFile: path) == [certificate])
    }

    @Test func aFolderThatDoesNotExistIsAnError() throws {
        for path in [folder.path + "/none/", folder.path + "/none/alice.pem"] {
            #expect(errorCode { try file(path).check(replacing: false) } == .missing)
            #expect(errorCode { try file(path).write(certificate, replacing: true) } == .missing)
        }
        let plain = try folder.write("", to: "plain")
        #expect(errorCode { try file(plain + "/x").check(replacing: false) } == .unexpectedFile)
    }
}
