import Testing

@testable import ChatIdentity

struct SecretBytesTests {
    @Test func holdsWhatItWasGiven() {
        let secret = SecretBytes(copying: [1, 2, 3])
        #expect(secret.count == 3)
        #expect(secret.withBytes { Array($0) } == [1, 2, 3])
        #expect(SecretBytes(copying: []).withBytes { $0.count } == 0)
    }

    @Test func takesAsMuchAsWasFilled() {
        let secret = SecretBytes(capacity: 100) { buffer in
            buffer.copyBytes(from: [9, 8])
            return 2
        }
        #expect(secret.withBytes { Array($0) } == [9, 8])
    }
}
