import EventSamples
import Foundation
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("What Tab completes")
struct CompleterTests {
    private let completer: Completer = {
        let completer = Completer()
        completer.setContacts(["bob", "barbara", "Bea"])
        completer.setRequests(["mallory"])
        return completer
    }()

    private func candidates(_ before: String) -> [String] {
        completer.complete(before).candidates
    }

    @Test("Commands at the start, and nothing in text")
    func commands() {
        #expect(candidates("/w") == ["/who"])
        #expect(candidates("/req") == ["/requests"])
        #expect(
            candidates("/re")
                == ["/receipts", "/reject", "/requests", "/resend", "/retention"])
        #expect(candidates("bo").isEmpty)
        #expect(candidates("//w").isEmpty)
        #expect(completer.complete("/w").replaced == 2)
    }

    @Test("Names where a name is wanted, in any case")
    func names() {
        #expect(candidates("/msg b") == ["Bea", "barbara", "bob"])
        #expect(candidates("/msg bo") == ["bob"])
        #expect(candidates("/msg bob h").isEmpty)
        #expect(candidates("/accept ") == ["mallory"])
        #expect(candidates("/connect bo") == ["bob@"])
        #expect(completer.complete("/msg bo").replaced == 2)
    }

    @Test("Names are safe to show")
    func safeNames() {
        let completer = Completer()
        completer.setRequests([hostile])
        #expect(completer.complete("/accept ").candidates.allSatisfy(isSafe))
    }

    @Test("Files where a file is wanted; folders go on")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "p2pchat-completion-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: folder + "/sub", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["bob.pem", "carol.pem", ".hidden", "bad\u{202E}name"] {
            try Data().write(to: URL(filePath: folder + "/" + name))
        }
        #expect(candidates("/trust \(folder)/b") == ["\(folder)/bob.pem"])
        #expect(
            candidates("/trust \(folder)/")
                == ["\(folder)/bob.pem", "\(folder)/carol.pem", "\(folder)/sub/"])
        #expect(candidates("/trust \(folder)/.h") == ["\(folder)/.hidden"])
        #expect(candidates("/trust /nowhere/at/all/").isEmpty)
    }
}
