/// One JSON object on the wire.
///
/// Which key a frame has and what may stand in it is in the protocol document; what is bounded, in
/// ``WireLimits``. Nothing here says who sent a frame: that is the certificate's business.
public enum Frame: Sendable, Hashable {
    // Boxed, since it is large and comes once: a frame is copied a few times on its way.
    indirect case hello(Hello)
    case message(Message)
    case receipt(Receipt)
    case presence(UserPresence)
    case presenceList(PresenceList)
    case ping
    case pong
    case typing(Typing)
    case error(ErrorFrame)
    case bye(Bye)
    /// A well-formed object that this version does not know, to be ignored. `type` is nil when it
    /// has none.
    case unknown(type: String?)
}
