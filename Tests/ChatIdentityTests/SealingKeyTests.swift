import Testing

@testable import ChatIdentity

@Suite("What is sealed opens with the same key, for the same place, unchanged")
struct SealingKeyTests {
    private let place = Array("alice/7".utf8)

    @Test(arguments: [0, 1, 15, 16, 17, 16_384, 1 << 20])
    func comesBack(length: Int) throws {
        let key = try SealingKey.random()
        let text = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try key.seal(text, associatedData: place)
        #expect(sealed.count == length + SealingKey.overhead)
        #expect(try key.open(sealed, associatedData: place) == text)
        let nowhere = try key.seal(text, associatedData: [])
        #expect(try key.open(nowhere, associatedData: []) == text)
    }

    @Test func anyOtherBitIsRefused() throws {
        let key = try SealingKey.random()
        let sealed = try key.seal(Array("hello".utf8), associatedData: place)
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << UInt8(bit)
                let expected: SealingError =
                    index == 0 ? .unknownVersion(changed[0]) : .notAuthentic
                #expect(throws: expected) { try key.open(changed, associatedData: place) }
            }
        }
    }

    @Test func anotherPlaceOrKeyIsRefused() throws {
        let key = try SealingKey.random()
        let sealed = try key.seal(Array("hello".utf8), associatedData: place)
        for other in [[], Array("alice/8".utf8), place + [0], Array(place.dropLast())] {
            #expect(throws: SealingError.notAuthentic) {
                try key.open(sealed, associatedData: other)
            }
        }
        #expect(throws: SealingError.notAuthentic) {
            try SealingKey.random().open(sealed, associatedData: place)
        }
    }

    @Test func whatIsCutShortIsRefused() throws {
        let key = try SealingKey.random()
        let sealed = try key.seal(Array("hello".utf8), associatedData: place)
        for length in 0..<SealingKey.overhead {
            #expect(throws: SealingError.malformed) {
                try key.open(Array(sealed[..<length]), associatedData: place)
            }
        }
        for length in SealingKey.overhead..<sealed.count {
            #expect(throws: SealingError.notAuthentic) {
                try key.open(Array(sealed[..<length]), associatedData: place)
            }
        }
    }

    @Test func noTwoSealedTextsAreAlike() throws {
        let key = try SealingKey.random()
        var nonces: Set<[UInt8]> = []
        for _ in 0..<10_000 {
            nonces.insert(Array(try key.seal([], associatedData: [])[1..<13]))
        }
        #expect(nonces.count == 10_000)
    }

    @Test func aKeyHasThirtyTwoBytes() throws {
        for count in [0, 16, 31, 33] {
            #expect(throws: SealingError.malformed) {
                try SealingKey(SecretBytes(copying: [UInt8](repeating: 1, count: count)))
            }
        }
    }

    // Test case 16 of "The Galois/Counter Mode of Operation (GCM)" (McGrew, Viega) can't be used as
    // it stands, since our version byte is part of the associated data: this one was computed with
    // Python's cryptography package.
    @Test func opensWhatAnotherProgramSealed() throws {
        let key = try SealingKey(SecretBytes(copying: (0..<32).map { UInt8($0) }))
        let sealed =
            [1] + (0..<12).map { UInt8(0xA0 + $0) }
            + Self.hex("876c084c26a022de1645e3b27014224593e8e1a42aa5d79e47df9c10a5a3")
        #expect(
            try key.open(sealed, associatedData: Array("here".utf8)) == Array("attack at dawn".utf8)
        )
    }

    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    @Test func errorsSayWhatToDo() {
        let errors: [SealingError] = [
            .malformed, .unknownVersion(2), .notAuthentic, .library("no memory"),
        ]
        for error in errors {
            #expect(error.description.hasSuffix("."))
            #expect(error.description.contains("; "))
        }
    }
}
