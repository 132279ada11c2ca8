import ChatWire
import Foundation
import NIOCore
import Testing

/// The protocol document and the program say the same.
@Suite struct ProtocolDocumentTests {
    let document: String

    init() throws {
        document = try String(contentsOf: catalog.appending(path: "Protocol.md"), encoding: .utf8)
    }

    /// The lines of all code blocks of one kind.
    func lines(inBlocks language: String) -> [String] {
        var result: [String] = []
        var inside = false
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                inside = line == "```\(language)"
            } else if inside {
                result.append(String(line))
            }
        }
        return result
    }

    @Test func everyExampleDecodes() throws {
        var kinds: Set<String> = []
        for example in lines(inBlocks: "json") {
            let decoded = try frame(example)
            // No key of an example is passed over as one that is not known.
            let ours = try JSONValue(parsing: line(decoded).utf8)
            let theirs = try JSONValue(parsing: example.utf8)
            #expect(keys(theirs).subtracting(keys(ours)).isEmpty, "\(example)")
            kinds.insert(ours["type"]?.string ?? "")
        }
        #expect(
            kinds == [
                "hello", "message", "receipt", "user_presence", "presence_list", "ping", "pong",
                "typing", "bye", "error",
            ])
    }

    @Test func everyLineOfTheExampleExchangesDecodes() throws {
        let exchange = lines(inBlocks: "text")
        #expect(exchange.count > 10)
        for example in exchange {
            #expect(example.hasPrefix("C: ") || example.hasPrefix("S: "))
            let decoded = try frame(String(example.dropFirst(3)))
            if case .unknown = decoded { Issue.record("not known: \(example)") }
        }
    }

    @Test func everySeedExampleIsWrittenLikeThat() throws {
        let spaced = lines(inBlocks: "json").filter { $0.contains("\": ") }
        #expect(spaced.count >= 5)
        for example in spaced {
            let decoded = decodeSeed(example.utf8)
            #expect(decoded.code == nil)
            let frame = try #require(decoded.frames.first)
            var written: [String] = []
            switch frame {
            case .message(let message):
                written = try SeedEncoder.objects(
                    sender: message.sender, content: message.content, timestamp: message.timestamp
                ).map { String(buffer: $0) }
            case .presence(let presence):
                written = [String(buffer: try SeedEncoder.presence(presence))]
            case .presenceList(let list):
                written = [String(buffer: try SeedEncoder.presenceList(list))]
            default: break
            }
            #expect(written == [example])
        }
    }

    @Test func theErrorsAreThoseOfTheProgram() {
        let codes: [ErrorFrame.Code] = [
            .notUTF8, .byteOrderMark, .nul, .badJSON, .duplicateKey, .tooDeep, .notAnObject,
            .lineTooLong, .badFrame, .contentTooLong, .unsupportedVersion, .unexpectedFrame,
            .timeout,
        ]
        let section = section("Errors")
        #expect(rows(section).compactMap(\.first) == codes.map { "`\($0.rawValue)`" })
    }

    @Test func theReasonsOfByeAreThoseOfTheProgram() {
        let reasons: [Bye.Reason] = [.quit, .replaced, .duplicate, .rejected, .overloaded]
        let section = section("bye")
        #expect(rows(section).compactMap(\.first) == reasons.map { "`\($0.rawValue)`" })
    }

    @Test func theLimitsAreThoseOfTheProgram() {
        let section = section("Limits")
        let values = rows(section).compactMap { $0.last }.map { cell in
            Int(cell.filter(\.isNumber))
        }
        #expect(
            values == [
                WireLimits.line, WireLimits.hello, WireLimits.depth, WireLimits.content,
                WireLimits.name, WireLimits.host, WireLimits.token, WireLimits.features,
                WireLimits.presenceListEntries, WireLimits.reason, WireLimits.seedObjectIn,
                WireLimits.seedObjectOut,
            ])
    }

    /// All keys of an object and of those in it, as paths.
    private func keys(_ value: JSONValue, at path: String = "") -> Set<String> {
        guard case .object(let members) = value else { return [] }
        return members.reduce(into: []) { keys, member in
            keys.insert(path + member.key)
            keys.formUnion(self.keys(member.value, at: path + member.key + "/"))
        }
    }

    /// The lines under a heading, to the next one.
    private func section(_ heading: String) -> [Substring] {
        document.split(separator: "\n")
            .drop { $0 != "## \(heading)" && $0 != "### \(heading)" }
            .dropFirst().prefix { !$0.hasPrefix("#") }.map { $0 }
    }

    /// The cells of a section's table, without its head.
    private func rows(_ section: [Substring]) -> [[String]] {
        section.filter { $0.hasPrefix("| ") }.dropFirst().map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty }
        }
    }
}
