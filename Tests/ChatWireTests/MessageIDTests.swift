import Testing

@testable import ChatWire

@Suite struct MessageIDTests {
    @Test func isReadInEitherCaseAndWrittenInLower() throws {
        let id = try #require(MessageID("00112233-4455-6677-8899-AABBccDDeeFF"))
        #expect(id.description == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(id == MessageID("00112233-4455-6677-8899-aabbccddeeff"))
        #expect(id != MessageID("00112233-4455-6677-8899-aabbccddeefe"))
    }

    @Test(arguments: [
        "", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
        "001122334455-6677-8899-aabbccddeeff0", "{00112233-4455-6677-8899-aabbccddee}",
        "0011223344556677-8899-aabb-ccddeeff0", "00112233-4455-6677-8899-aabbccddeefg",
        "00112233 4455 6677 8899 aabbccddeeff", "００112233-4455-6677-8899-aabbccdde",
        "-0112233-4455-6677-8899-aabbccddeeff",
    ])
    func otherFormsAreRefused(text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test func eachPlaceTakesADigitOrAHyphenAndNothingElse() throws {
        let text = Array("01234567-89ab-cdef-0123-456789abcdef".utf8)
        let id = try #require(MessageID(String(decoding: text, as: UTF8.self)))
        let digits = Array("0123456789abcdef".utf8)
        for place in text.indices {
            for byte in UInt8.min...127 {
                var other = text
                other[place] = byte
                let read = MessageID(String(decoding: other, as: UTF8.self))
                if text[place] == UInt8(ascii: "-") {
                    #expect(read == (byte == text[place] ? id : nil))
                    continue
                }
                let lower = 0x41...0x5A ~= byte ? byte | 0x20 : byte
                other[place] = lower
                let isDigit = digits.contains(lower)
                #expect(
                    read?.description == (isDigit ? String(decoding: other, as: UTF8.self) : nil))
            }
        }
    }

    @Test func bytesPastASCIIAreNoDigits() {
        let text = Array("01234567-89ab-cdef-0123-456789abcdef".utf8)
        for place in text.indices {
            for byte in UInt8(0x80)...0xFF {
                var other = text
                other[place] = byte
                #expect(other.withUnsafeBufferPointer { MessageID(text: $0) } == nil)
            }
        }
    }

    @Test func comesBackFromItsBytes() throws {
        let id = try #require(MessageID("00112233-4455-6677-8899-aabbccddeeff"))
        #expect(id.bytes == (0...15).map { UInt8($0 * 0x11) })
        #expect(MessageID(bytes: id.bytes) == id)
        #expect(MessageID(bytes: id.bytes.dropLast()) == nil)
        #expect(MessageID(bytes: id.bytes + [0]) == nil)
    }

    @Test func thoseOfNowAreVersion7AndDiffer() throws {
        var seen: Set<MessageID> = []
        for _ in 0..<200 {
            let text = MessageID.made(at: 1_645_557_742.000_25).description
            // The time of RFC 9562's own example (appendix A.6), and a quarter of a millisecond.
            #expect(text.hasPrefix("017f22e2-79b0-7400-"))
            #expect("89ab".contains(Array(text)[19]))
            #expect(try seen.insert(#require(MessageID(text))).inserted)
        }
    }

    @Test func thoseOfLaterAreGreater() {
        let times = [
            -.infinity, 0.000_001, 0.001, 0.001_001, 1, 1_764e6, 1_764_000_000.000_001,
            1_764_000_000.001, 1e11, .infinity,
        ]
        let ids = times.map { MessageID.made(at: $0).description }
        #expect(ids == ids.sorted())
        #expect(ids.first?.hasPrefix("00000000-0000-7") == true)
        #expect(ids.last?.hasPrefix("ffffffff-ffff-7") == true)
        #expect(MessageID.made(at: .nan).description.dropFirst(14).first == "7")
    }

    @Test func randomOnesAreVersion4AndDiffer() throws {
        var seen: Set<MessageID> = []
        for _ in 0..<200 {
            let id = MessageID.random()
            let text = Array(id.description)
            #expect(text[14] == "4")
            #expect("89ab".contains(text[19]))
            #expect(MessageID(id.description) == id)
            #expect(seen.insert(id).inserted)
        }
    }
}
