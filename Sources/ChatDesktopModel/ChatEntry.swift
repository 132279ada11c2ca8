public import P2PChat

/// How far a message of ours has come, as the window shows it.
public enum DeliveryMark: Sendable, Hashable {
    case queued, sent, delivered, read
    /// It may or may not have arrived, and is not sent again unless the user says so.
    case unconfirmed

    public init(_ state: MessageState) {
        self =
            switch state {
            case .queued: .queued
            // On disk this is what a peer of the seed dialect has not acknowledged.
            case .sent: .unconfirmed
            case .delivered: .delivered
            case .read: .read
            }
    }

    /// In words: for tooltips and screen readers.
    public var words: String {
        switch self {
        case .queued: "Waiting to be sent"
        case .sent: "Sent"
        case .delivered: "Delivered"
        case .read: "Read"
        case .unconfirmed: "May not have arrived"
        }
    }

    /// Later is greater; what may not have arrived stands beside sent.
    var rank: Int {
        switch self {
        case .queued: 0
        case .sent, .unconfirmed: 1
        case .delivered: 2
        case .read: 3
        }
    }
}

/// A message as it is shown: everything in it is safe.
public struct ChatEntry: Sendable, Hashable {
    public let id: MessageID
    public let isOurs: Bool
    /// Where it stands in the history; nil in plain text.
    public var position: Int64?
    /// Safe, with line breaks where the sender put them.
    public let text: String
    public let links: [Link]
    /// Seconds since 1970, by our own clock.
    public let time: Double
    /// Nil for what came in.
    public var mark: DeliveryMark?
    /// What the sender calls himself, where that is not the contact's name.
    public let nickname: String?
    /// The sender's clock, where it is far from ours.
    public let claimedTime: Double?
    /// What is on disk can't be read.
    public let isDamaged: Bool

    public init(_ message: StoredMessage) {
        let isOurs = message.direction == .outgoing
        let text = message.text.map { SafeText.lines($0).joined(separator: "\n") }
        self.init(
            id: message.id, isOurs: isOurs, position: message.position,
            text: text ?? "This message is damaged on disk and can't be shown.",
            time: message.storedAt, mark: isOurs ? DeliveryMark(message.state) : nil,
            nickname: message.claimedSender, claimedTime: isOurs ? nil : message.timestamp,
            isDamaged: text == nil)
    }

    public init(_ message: IncomingMessage) {
        self.init(
            id: message.id, isOurs: false, position: message.position,
            text: SafeText.lines(message.content).joined(separator: "\n"),
            time: message.receivedAt, mark: nil, nickname: message.claimedSender,
            claimedTime: message.timestamp, isDamaged: false)
    }

    /// What we have just written.
    public init(ours content: String, _ status: OutgoingStatus, at time: Double) {
        self.init(
            id: status.id, isOurs: true, position: status.position,
            text: SafeText.lines(content).joined(separator: "\n"), time: time, mark: .queued,
            nickname: nil, claimedTime: nil, isDamaged: false)
    }

    private init(
        id: MessageID, isOurs: Bool, position: Int64?, text: String, time: Double,
        mark: DeliveryMark?, nickname: String?, claimedTime: Double?, isDamaged: Bool
    ) {
        self.id = id
        self.isOurs = isOurs
        self.position = position
        self.text = text
        self.time = time
        self.mark = mark
        self.isDamaged = isDamaged
        self.nickname = nickname.map { SafeText.singleLine($0, limit: 64) }
        self.claimedTime = claimedTime.flatMap { abs($0 - time) > 300 ? $0 : nil }
        links = isDamaged ? [] : Link.all(in: text)
    }
}
