import ChatValues

extension Journal {
    /// Who waits for an outcome.
    typealias Reply = @Sendable (Result<MessageOutcome, NodeFailure>) -> Void

    enum Purpose {
        /// A message that came on this session: to be told, and acknowledged where it asks for
        /// that.
        case receive(Session, isAcknowledged: Bool)
        /// A message of ours: to be sent. Without a reply a failure is told as an event.
        case send(reference: String?, Reply?)
        /// A receipt that has been told already.
        case noteDelivery
        /// A receipt for what was delivered long ago, and is to be told if there is such a message.
        case learnRead
        /// A message that is handed to a peer of the seed dialect once its state is on disk.
        case hand(SessionID)
        /// It could not be handed over after all.
        case takeBack
        /// Something that the user wants.
        case request(Reply)

        /// Somebody waits: where the disk fails he is told at once, and it is not tried again.
        var isUrgent: Bool {
            switch self {
            case .send, .request: true
            case .receive, .noteDelivery, .learnRead, .hand, .takeBack: false
            }
        }

        /// Nothing follows from it: it goes along with the next that does not wait.
        var isPatient: Bool {
            if case .noteDelivery = self { true } else { false }
        }
    }

    struct Entry {
        let change: MessageChange
        let purpose: Purpose

        /// Who sent it, where it is a message that came in.
        var sender: Fingerprint? {
            guard case .receive = purpose, case .add(let message) = change else { return nil }
            return message.contact
        }

        /// What it costs to keep, roughly.
        var bytes: Int {
            guard case .add(let message) = change else { return 128 }
            return 256 + message.content.utf8.count
        }
    }

    /// A change and its purpose stand at the same place: a store takes the changes as they are.
    struct Entries {
        private(set) var changes: [MessageChange] = []
        private(set) var purposes: [Purpose] = []

        init() {}

        init(_ entries: some Sequence<Entry>) {
            for entry in entries { append(entry) }
        }

        var count: Int { changes.count }
        var isEmpty: Bool { changes.isEmpty }
        /// One by one, in order.
        var all: [Entry] { zip(changes, purposes).map { Entry(change: $0, purpose: $1) } }

        mutating func reserveCapacity(_ count: Int) {
            changes.reserveCapacity(count)
            purposes.reserveCapacity(count)
        }

        mutating func append(_ entry: Entry) {
            changes.append(entry.change)
            purposes.append(entry.purpose)
        }
    }
}
