/// The bounds of what is accepted from the wire. Lengths are in bytes of UTF-8.
public enum WireLimits {
    /// A line, without its LF: the longest content with every byte escaped fits.
    public static let line = 128 * 1024
    /// A line before the peer's hello has come, and the hello itself.
    public static let hello = 8 * 1024
    /// How deep objects and arrays may nest; the frame's own object is the first level.
    public static let depth = 16
    /// A message's content.
    public static let content = 16 * 1024
    /// A user name. An X.509 common name has at most 64 characters of at most 4 bytes.
    public static let name = 256
    /// An `ip`: the longest host name that DNS can carry.
    public static let host = 255
    /// How many users a presence list may have.
    public static let presenceListEntries = 1_024
    /// How many features a hello may name.
    public static let features = 32
    /// A feature's name, a hello's instance, an error's code, a bye's reason.
    public static let token = 64
    /// An error's reason.
    public static let reason = 1_024
    /// One object of the seed dialect that comes in.
    public static let seedObjectIn = 128 * 1024
    /// One object of the seed dialect that goes out: what the seed program reads at once.
    public static let seedObjectOut = 1_024
}
