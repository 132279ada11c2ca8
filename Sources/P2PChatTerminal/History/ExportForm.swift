import P2PChat
import Synchronization

/// Messages in the form in which they are written to a file.
final class ExportForm: Sendable {
    private let format: ExportCommand.Format
    private let correspondents: Correspondents
    /// It knows which day it has told of last.
    private let transcript: Mutex<Transcript>

    init(
        _ format: ExportCommand.Format, _ archive: Archive, _ surroundings: Surroundings
    ) {
        self.format = format
        correspondents = archive.correspondents
        var transcript = Transcript(
            userName: archive.userName, isSecure: true, style: .plain, columns: nil, now: nil,
            localTime: surroundings.localTime)
        transcript.lineLimit = .max
        self.transcript = Mutex(transcript)
    }

    /// Whole lines.
    func bytes(_ messages: [StoredMessage]) -> [UInt8] {
        switch format {
        case .jsonl: messages.flatMap(object)
        case .text:
            transcript.withLock { transcript in
                messages.flatMap { message in
                    Array(
                        transcript.stored(message, with: correspondents.peer(message.contact))
                            .utf8)
                }
            }
        }
    }

    private func object(_ message: StoredMessage) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("peer", correspondents.peer(message.contact))
            json.members(of: message)
        }
        return json.bytes + [0x0A]
    }
}
