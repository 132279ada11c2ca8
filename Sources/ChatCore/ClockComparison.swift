/// Our clock beside those of contacts, which their hellos tell.
public struct ClockComparison: Hashable, Sendable {
    /// With how many it was compared.
    public var contacts: Int
    /// By how many seconds theirs are ahead: the median, and of two in the middle the one nearer
    /// to ours, so that one contact whose clock is wrong does not speak for all.
    public var difference: Double

    public init(contacts: Int, difference: Double) {
        self.contacts = contacts
        self.difference = difference
    }

    /// Nil where there is none to compare with.
    init?(_ differences: some Collection<Double>) {
        guard !differences.isEmpty else { return nil }
        let sorted = differences.sorted()
        let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
        self.init(contacts: sorted.count, difference: abs(low) <= abs(high) ? low : high)
    }
}
