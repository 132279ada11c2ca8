/// Always the greatest number: every pause is as long as it may be.
struct GreatestGenerator: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}
