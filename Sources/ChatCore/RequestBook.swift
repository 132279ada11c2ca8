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
        /// Never seen: to be stored and announced, and the one it pushed out to be forgotten.
        case new(ContactRequest, evicted: ContactRequest?)
        case known
        /// Too many strangers at once.
        case dropped
    }

    mutating func note(_ request: ContactRequest) -> Outcome {
        if var known = requests[request.fingerprint] {
            known.lastSeen = request.lastSeen
            known.address = request.address
            known.direction = request.direction
            requests[request.fingerprint] = known
            return .known
        }
        // Whom the user dialled is always kept: it is no stranger's doing.
        guard request.direction == .outbound || admission.take(now: request.lastSeen) else {
            return .dropped
        }
        var evicted: ContactRequest?
        if requests.count >= Self.limit {
            evicted = requests.values.min { ($0.lastSeen, $0.fingerprint) < ($1.lastSeen, $1.fingerprint) }
            if let evicted { requests[evicted.fingerprint] = nil }
        }
        requests[request.fingerprint] = request
        return .new(request, evicted: evicted)
    }

    mutating func put(_ request: ContactRequest) { requests[request.fingerprint] = request }

    mutating func remove(_ fingerprint: Fingerprint) { requests[fingerprint] = nil }

    /// By fingerprint, or by a name that only one of them has.
    func find(_ reference: String) throws(NodeFailure) -> ContactRequest {
        if let fingerprint = Fingerprint(reference), let request = requests[fingerprint] {
            return request
        }
        let wanted = AddressBook.folded(reference)
        let found = pending.filter { AddressBook.folded($0.name) == wanted }
        if let only = found.first, found.count == 1 { return only }
        let shown = SafeText.singleLine(reference, limit: 100)
        guard found.isEmpty else {
            let choices = found.map(\.fingerprint.description).joined(separator: " or ")
            throw NodeFailure(
                .ambiguousContact,
                "Several requests are named \"\(shown)\": say which by fingerprint, \(choices).")
        }
        throw NodeFailure(
            .unknownRequest,
            "There is no request from \"\(shown)\": \"requests\" lists those that wait.")
    }
}
