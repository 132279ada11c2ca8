import ChatIdentity
import Foundation
import Testing

/// Passphrases from files and descriptors.
struct PassphraseTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, mode: Int = 0o600) throws -> String {
        let file = try folder.write(text, to: "passphrase")
        try setMode(mode, of: file)
        return file
    }

    private func text(_ passphrase: Passphrase) -> String {
        passphrase.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"),
        ("one\ntwo\n", "one"), (" spaces \n", " spaces "), ("sésame ☂\n", "sésame ☂"),
    ])
    func theFirstLineOfAFileCounts(content: String, expected: String) throws {
        #expect(text(try Passphrase(file: write(content))) == expected)
    }

    @Test(arguments: ["", "\n", "\r\n", "\nsecond", "nul\0\n"])
    func whatIsNoPassphraseIsRefused(content: String) throws {
        let file = try write(content)
        #expect(errorCode { try Passphrase(file: file) } == .badPassphrase)
    }

    @Test func theLongestAndOneByteMore() throws {
        let most = String(repeating: "x", count: Passphrase.maximumByteCount)
        #expect(text(try Passphrase(file: write(most + "\n"))) == most)
        let longer = try write(most + "x\r\n")
        #expect(errorCode { try Passphrase(file: longer) } == .badPassphrase)
        let huge = try write(String(repeating: "x", count: 1_048_576))
        #expect(errorCode { try Passphrase(file: huge) } == .badPassphrase)
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
    func aFileThatOthersCanTouchIsRefusedWithTheRemedy(mode: Int) throws {
        let file = try write("secret\n", mode: mode)
        let error = #expect(throws: IdentityError.self) { try Passphrase(file: file) }
        #expect(error?.code == .loosePermissions)
        #expect(error?.description.contains("chmod 600 \(file)") == true)
    }

    @Test func aMissingFileIsAnError() {
        #expect(errorCode { try Passphrase(file: folder.path + "/none") } == .missing)
        #expect(errorCode { try Passphrase(file: folder.path) } != nil)
    }

    @Test func nothingAfterTheLineIsReadFromADescriptor() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("old\nnew\nrest".utf8))
        try pipe.fileHandleForWriting.close()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(text(try Passphrase(descriptor: descriptor)) == "old")
        #expect(text(try Passphrase(descriptor: descriptor)) == "new")
        #expect(try pipe.fileHandleForReading.readToEnd() == Data("rest".utf8))
    }

    @Test func aDescriptorThatIsNotOpenIsAnError() {
        #expect(errorCode { try Passphrase(descriptor: 987) } == .missing)
        #expect(errorCode { try Passphrase(descriptor: -1) } == .missing)
    }

    @Test func aDescriptorThatDeliversNothingIsAnError() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.close()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(errorCode { try Passphrase(descriptor: descriptor) } == .badPassphrase)
    }

    @Test func aPassphraseIsNotPrinted() throws {
        let passphrase = try Passphrase(copying: "sesame".utf8)
        var dumped = ""
        dump(passphrase, to: &dumped)
        for shown in ["\(passphrase)", String(reflecting: passphrase), dumped] {
            #expect(!shown.contains("sesame"))
            #expect(!shown.contains("115"))
        }
    }
}
