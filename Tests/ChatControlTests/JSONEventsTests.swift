import ChatCore
import ChatWire
import EventSamples
import Foundation
import Testing

@testable import ChatControl

@Suite("Events in JSON, and their schema")
struct JSONEventsTests {
    private let events = JSONEvents(userName: "alice", fingerprint: someFingerprint)

    private func read(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONValue(parsing: bytes, maximumDepth: 64)
    }

    /// The schema's definition of each event, by name.
    private func definitions(_ name: String, prefix: String) throws -> [String: JSONValue] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Sources/ChatControl/ChatControl.docc/Resources/\(name)")
        let schema = try read(Array(try Data(contentsOf: path)))
        guard case .object(let members)? = schema["$defs"] else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: members.filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    private func keys(_ value: JSONValue?) -> Set<String> {
        guard case .object(let members)? = value else { return [] }
        return Set(members.map(\.key))
    }

    @Test("Every event has a name and a time, and the members that the schema has for it")
    func schema() throws {
        let definitions = try definitions("events.schema.json", prefix: "event_")
        for event in allEvents("bob") {
            guard let line = events.line(for: event, at: noon) else {
                switch event {
                case .contactsChanged, .stopped: continue
                default:
                    Issue.record("nothing is told of \(event)")
                    continue
                }
            }
            let object = try read(line)
            let name = try #require(object["event"]?.string)
            let definition = try #require(definitions[name], "\(name) is not in the schema")
            let allowed = keys(definition["properties"])
            let required = Set(definition["required"]?.array?.compactMap(\.string) ?? [])
            #expect(keys(object).isSubset(of: allowed), "\(name)")
            #expect(required.isSubset(of: keys(object)), "\(name)")
        }
    }

    @Test("Every command of the schema is understood")
    func commandSchema() throws {
        let names = try definitions("commands.schema.json", prefix: "command_").keys
        #expect(names.count == 21)
        for name in names {
            do {
                _ = try JSONCommand(parsing: Array(#"{"command":"\#(name)"}"#.utf8))
            } catch {
                #expect(!error.description.contains("There is no command"), "\(name)")
            }
        }
    }

    @Test("Names and content are exact, and a line is one line")
    func exact() throws {
        for event in allEvents(hostile) {
            guard let line = events.line(for: event, at: noon) else { continue }
            #expect(!line.contains(0x0A))
            let object = try read(line)
            if case .message(let message) = event {
                #expect(object["content"]?.string == message.content)
                #expect(object["peer"]?["name"]?.string == hostile)
            }
        }
    }

    @Test("In plain text nobody has a fingerprint")
    func plainText() throws {
        let events = JSONEvents(userName: "alice", fingerprint: nil)
        let listening = try read(
            try #require(events.line(for: .listening(PeerAddress(host: "::", port: 1)), at: 1)))
        #expect(listening["fingerprint"] == .null)
        #expect(listening["secure"]?.bool == false)
        let message = message("hi", from: plainPeer("bob"), secure: false)
        let object = try read(try #require(events.line(for: .message(message), at: 1)))
        #expect(object["peer"]?["fingerprint"] == .null)
        #expect(object["peer"]?["trust"] == .null)
        #expect(object["dialect"]?.string == "seed")
    }

    @Test("A failure carries the ref of the command it answers")
    func failures() throws {
        let failure = NodeFailure(.unreachable, "It failed.", reference: "{\"a\":1}")
        let object = try read(JSONEvents.line(for: failure, at: 1))
        #expect(object["code"]?.string == "unreachable")
        #expect(object["ref"]?["a"]?.integer == 1)
    }
}
