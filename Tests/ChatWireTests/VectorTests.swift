import ChatValues
import ChatWire
import Foundation
import NIOCore
import Testing

/// The test vectors that the protocol document gives to others hold here too.
@Suite struct VectorTests {
    struct Vectors: Decodable {
        struct Accepted: Decodable {
            var about: String
            var line: String?
            var hex: String?
            var frame: String
        }
        struct Refused: Decodable {
            var about: String
            var line: String?
            var hex: String?
            var code: String
        }
        struct SeedRead: Decodable {
            var about: String
            var stream: String
            var frames: [String]
            var code: String?
        }
        struct SeedWritten: Decodable {
            var sender: String
            var content: String
            var timestamp: Double
            var objects: [String]
        }
        struct Certificate: Decodable {
            var pem: String
            var fingerprint: String
        }
        struct SafetyNumber: Decodable {
            var fingerprints: [String]
            var number: String
        }

        var accepted: [Accepted]
        var refused: [Refused]
        var seedRead: [SeedRead]
        var seedWritten: [SeedWritten]
        var certificates: [Certificate]
        var safetyNumbers: [SafetyNumber]
    }

    let vectors: Vectors

    init() throws {
        vectors = try JSONDecoder().decode(
            Vectors.self, from: Data(contentsOf: catalog.appending(path: "Resources/vectors.json")))
    }

    func bytes(line: String?, hex: String?) throws -> [UInt8] {
        if let line { return Array(line.utf8) }
        let digits = Array(try #require(hex).utf8)
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16))
        }
    }

    @Test func accepted() throws {
        #expect(vectors.accepted.count > 20)
        for vector in vectors.accepted {
            let decoded = decodeLines(try bytes(line: vector.line, hex: vector.hex) + [0x0A])
            #expect(decoded.code == nil, "\(vector.about)")
            #expect(decoded.frames.map(line) == [vector.frame], "\(vector.about)")
        }
    }

    @Test func refused() throws {
        #expect(vectors.refused.count > 30)
        for vector in vectors.refused {
            let code = refusal(try bytes(line: vector.line, hex: vector.hex))
            #expect(code?.rawValue == vector.code, "\(vector.about)")
        }
    }

    @Test func seedRead() {
        #expect(!vectors.seedRead.isEmpty)
        for vector in vectors.seedRead {
            let decoded = decodeSeed(vector.stream.utf8)
            #expect(decoded.frames.map(line) == vector.frames, "\(vector.about)")
            #expect(decoded.code?.rawValue == vector.code, "\(vector.about)")
        }
    }

    /// Only their form: what they are computed with is not in this house.
    @Test func fingerprintsAndSafetyNumbersAreWrittenAsTheyAreShown() throws {
        #expect(!vectors.certificates.isEmpty)
        #expect(!vectors.safetyNumbers.isEmpty)
        let fingerprints =
            vectors.certificates.map(\.fingerprint) + vectors.safetyNumbers.flatMap(\.fingerprints)
        for text in fingerprints { #expect(Fingerprint(text)?.description == text) }
        for vector in vectors.safetyNumbers {
            #expect(vector.fingerprints.count == 2)
            #expect(vector.number.wholeMatch(of: #/(\d{5} ){11}\d{5}/#) != nil)
        }
    }

    /// Python's `json.dumps` wrote these.
    @Test func seedWritten() throws {
        #expect(!vectors.seedWritten.isEmpty)
        for vector in vectors.seedWritten {
            let objects = try SeedEncoder.objects(
                sender: vector.sender, content: vector.content, timestamp: vector.timestamp)
            #expect(objects.map { String(buffer: $0) } == vector.objects)
        }
    }
}

/// The DocC catalog of ChatWire.
let catalog = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/ChatWire/ChatWire.docc")
