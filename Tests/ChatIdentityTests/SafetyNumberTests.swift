import ChatIdentity
import ChatValues
import Testing

struct SafetyNumberTests {
    /// Computed with Python's hashlib by the recipe in the documentation.
    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "78566 36676 79400 24867 57155 17414 32566 58566 51011 84804 57757 41706"
        ),
        (
            "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100",
            "67564 53392 90431 63528 63864 17124 95244 07745 29080 46087 31368 11357"
        ),
        (
            "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90",
            "81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9",
            "65778 19347 17801 64914 17535 57287 09356 59353 73727 01512 13319 41143"
        ),
        (
            "0fbe1fbe76865e23e7c72a8e6f8dfa3c6aae42e32f960afe4922b5792d3a4426",
            "4a4eff9d4091b6f949e2a454e58ed4a3d809e345dcd272b9d0b1405925891595",
            "00046 27180 10951 77356 84887 55219 66271 72190 46399 00631 60182 96631"
        ),
    ])
    func isTheSameOnBothSidesAndAsDocumented(one: String, other: String, expected: String) throws {
        let one = try #require(Fingerprint(one))
        let other = try #require(Fingerprint(other))
        #expect(try SafetyNumber(one, other).description == expected)
        #expect(try SafetyNumber(other, one).description == expected)
    }

    @Test func changesWithEitherFingerprint() throws {
        let people = try (0..<4).map { _ in
            try Identity.make(userName: UserName("alice")).fingerprint
        }
        var numbers: Set<SafetyNumber> = []
        for one in people {
            for other in people where one < other {
                numbers.insert(try SafetyNumber(one, other))
            }
        }
        #expect(numbers.count == 6)
        for number in numbers {
            #expect(number.groups.count == 12)
            #expect(number.groups.allSatisfy { $0.utf8.count == 5 })
        }
    }
}
