import ChatValues

/// The unknown who knocked: remembered once each, a bounded number of them, and written to disk
/// no faster than a person could read.
struct RequestBook {
    static let limit = 256

    private var requests: [Fingerprint: ContactRequest] = [:]
    /// A stranger with a script makes a certificate a millisecond; this many a minute are kept.
    private var admission = TokenBucket(capacity: 32, perSecond: 0.5)

    init(_ requests: [ContactRequest] = []) {
        for request in requests { self.requests[request.fingerprint] = request }
    }

    subscript(fingerprint: Fingerprint) -> ContactRequest? { requests[fingerprint] }

    /// Those that wait for an answer, oldest first.
    var pending: [ContactRequest] {
        requests.values.filter { !$0.isRejected }
            .sorted { ($0.firstSeen, $0.fingerprint) < ($1.firstSeen, $1.fingerprint) }
    }

    enum Outcome {
        /// Never seen, or dialled by the user after having been rejected: to be stored and
        /// announced, and the one it pushed out to be forgotten.
        case new(ContactRequest, evicted: ContactRequest?)
        case known
        /// Too many strangers at once.
        case dropped
    }

    mutating func note(_ request: ContactRequest) -> Outcome {
        if var known = requests[request.fingerprint] {
            known.lastSeen = request.lastSeen
            // Where the user reached somebody is worth more than where they knocked from.
            if request.direction == .outbound || known.direction == .inbound {
                known.address = request.address
                known.direction = request.direction
            }
            let isReopened = known.isRejected && request.direction == .outbound
            if isReopened { known.isRejected = false }
            requests[request.fingerprint] = known
            return isReopened ? .new(known, evicted: nil) : .known
        }
        // Whom the user dialled is always kept: it is no stranger's doing.
        guard request.direction == .outbound || admission.take(now: request.lastSeen) else {
            return .dropped
        }
        let evicted = requests.count >= Self.limit ? leastMissed : nil
        if let evicted { requests[evicted.fingerprint] = nil }
        requests[request.fingerprint] = request
        return .new(request, evicted: evicted)
    }

    /// The one seen longest ago; of those whom the user dialled only where there is nobody else.
    private var leastMissed: ContactRequest? {
        requests.values.min {
            let left = ($0.direction == .outbound ? 1 : 0, $0.lastSeen, $0.fingerprint)
            let right = ($1.direction == .outbound ? 1 : 0, $1.lastSeen, $1.fingerprint)
            return left < right
        }
    }

    mutating func put(_ request: ContactRequest) { requests[request.fingerprint] = request }

    mutating func remove(_ fingerprint: Fingerprint) { requests[fingerprint] = nil }

    /// One that waits: by fingerprint, by a name that only one of them has, or by the beginning
    /// of a fingerprint.
    func find(_ reference: String) throws(NodeFailure) -> ContactRequest {
        let found = candidates(for: reference)
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(reference, limit: 100)
        guard found.isEmpty else {
            let choices = found.map(\.fingerprint.description).joined(separator: " or ")
            throw NodeFailure(
                .ambiguousContact,
                "Several requests match \"\(shown)\": say which by fingerprint, \(choices).")
        }
        if let fingerprint = Fingerprint(reference), requests[fingerprint] != nil {
            throw NodeFailure(
                .unknownRequest,
                "The request from \(fingerprint) was rejected: to let them in after all, trust "
                    + "that fingerprint.")
        }
        throw NodeFailure(
            .unknownRequest,
            "There is no request from \"\(shown)\": \"requests\" lists those that wait.")
    }

    private func candidates(for reference: String) -> [ContactRequest] {
        if let fingerprint = Fingerprint(reference) {
            return pending.filter { $0.fingerprint == fingerprint }
        }
        let wanted = AddressBook.folded(reference)
        let prefix = FingerprintPrefix(reference)
        return pending.filter {
            AddressBook.folded($0.name) == wanted || prefix?.matches($0.fingerprint) == true
        }
    }
}
