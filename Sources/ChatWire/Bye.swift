/// The last frame before the sender closes in good order.
public struct Bye: Sendable, Hashable {
    /// Why: an open set of lower-case words. One that is not known means no more than bye.
    public struct Reason: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The program ends, or the person hung up.
        public static let quit = Reason(rawValue: "quit")
        /// A newer connection between the same two takes this one's place.
        public static let replaced = Reason(rawValue: "replaced")
        /// Both sides dialled at the same moment, and the other connection stays.
        public static let duplicate = Reason(rawValue: "duplicate")
        /// The person does not, or no longer, want to talk to this peer.
        public static let rejected = Reason(rawValue: "rejected")
        /// Too much is going on here; try again later.
        public static let overloaded = Reason(rawValue: "overloaded")
    }

    public var reason: Reason?

    public init(reason: Reason? = nil) {
        self.reason = reason
    }
}
