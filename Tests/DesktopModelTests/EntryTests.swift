import P2PChat
import Testing

@testable import ChatDesktopModel

/// What is shown of a message is safe, and says what it is.
struct EntryTests {
    @Test func controlsAndOverridesAreShownAsWhatTheyAre() {
        let entry = incoming("a\u{1B}[31m\u{202E}b\nline two")
        #expect(entry.text == "a\\u{1B}[31m\\u{202E}b\nline two")
    }

    @Test func aNicknameIsOneSafeLine() {
        let entry = ChatEntry(
            IncomingMessage(
                id: .random(), peer: peer(), content: "hi", timestamp: noon, receivedAt: noon,
                claimedSender: "alice\n\u{202E}root", secure: true, dialect: .seed))
        #expect(entry.nickname == "alice\\u{A}\\u{202E}root")
    }

    @Test func aClockFarFromOursIsSaid() {
        let entry = ChatEntry(
            IncomingMessage(
                id: .random(), peer: peer(), content: "hi", timestamp: noon - 86_400,
                receivedAt: noon, claimedSender: nil, secure: true, dialect: .native))
        #expect(entry.claimedTime == noon - 86_400)
        #expect(incoming("hi").claimedTime == nil)
    }

    @Test func damageOnDiskIsSaidAndNotALink() {
        let stored = StoredMessage(
            position: 1, id: .random(), contact: bob, direction: .outgoing,
            content: .damaged, timestamp: noon, storedAt: noon, state: .sent, claimedSender: nil,
            dialect: nil)
        let entry = ChatEntry(stored)
        #expect(entry.isDamaged)
        #expect(entry.text.contains("damaged"))
        // On disk, sent is what a peer has not acknowledged.
        #expect(entry.mark == .unconfirmed)
    }

    @Test func aPreviewIsOneLine() {
        #expect(
            ContactItem.preview(of: "\n\n  two   words\nmore", isOurs: true) == "You: two words")
        #expect(
            ContactItem.preview(of: String(repeating: "x", count: 500), isOurs: false).count <= 100)
    }
}
