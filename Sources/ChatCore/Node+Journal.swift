import ChatValues
import ChatWire
import Logging

/// What is to be written stands in line, and what follows from it follows when it is written: see
/// `Node+Disk.swift` for the way there.
extension Node {
    /// Puts a change in line. What is to follow from it follows in the order of these calls.
    func record(_ change: MessageChange, for purpose: Journal.Purpose) {
        let entry = Journal.Entry(change: change, purpose: purpose)
        guard let (need, isFull) = journal.append(entry) else {
            return giveUp(entry, Self.stopping)
        }
        if isFull { pauseReading(.journal) }
        switch need {
        case .nothing: break
        case .timer: pressLater()
        case .disk: keepJournal()
        }
    }

    /// Sees that what waits for company does not wait for ever.
    private func pressLater() {
        Task { [weak self, sleep = configuration.sleep] in
            // Where it is cancelled it is over all the same.
            try? await sleep(Journal.patience.seconds)
            await self?.pressJournal()
        }
    }

    private func pressJournal() {
        journal.isTimed = false
        journal.press()
        keepJournal()
    }

    /// Puts a change of the user's in line and waits for its outcome.
    func commit(_ change: MessageChange) async throws(NodeFailure) -> MessageOutcome {
        try await withCheckedContinuation { continuation in
            record(change, for: .request { continuation.resume(returning: $0) })
        }.get()
    }

    /// Waits until what is in line now is on disk, or was refused by the disk.
    func journalled() async {
        journal.press()
        guard journal.isBusy || journal.isDue else { return }
        await withCheckedContinuation { fence in
            journal.append(fence)
            keepJournal()
        }
    }

    /// Waits until there is room in the line.
    func journalHasRoom() async {
        while journal.isFull, journal.isBusy || journal.isDue { await journalled() }
    }

    func carryOut(_ entries: Journal.Entries, _ outcomes: [MessageOutcome]) {
        for index in 0..<min(entries.count, outcomes.count) {
            carryOut(entries.purposes[index], entries.changes[index], outcomes[index])
        }
    }

    private func carryOut(
        _ purpose: Journal.Purpose, _ change: MessageChange, _ outcome: MessageOutcome
    ) {
        switch (purpose, change) {
        case (.receive(let session, let isAcknowledged), .add(let message)):
            received(message, outcome, on: session, isAcknowledged: isAcknowledged)
        case (.send(let reference, let reply), .add(let message)):
            accepted(message, outcome, reference: reference)
            if let reply { journal.answers.append((reply, outcome)) }
        case (.learnRead, .mark(let id, let contact, _)):
            learnedRead(id, from: contact, outcome)
        case (.hand(let session), .mark(let id, let contact, _)):
            hand(id, to: contact, outcome, on: session)
        case (.takeBack, .requeue(let id, let contact)):
            tookBack(id, to: contact, outcome)
        case (.request(let reply), _):
            reply(.success(outcome))
        case (.noteDelivery, _), (.receive, _), (.send, _), (.learnRead, _), (.hand, _),
            (.takeBack, _):
            break
        }
    }

    func giveUp(_ entry: Journal.Entry, _ failure: NodeFailure) {
        switch (entry.purpose, entry.change) {
        case (.send(let reference, let reply), _):
            var failure = failure
            failure.reference = reference
            if let reply {
                reply(.failure(failure))
            } else {
                emit(.failure(failure))
            }
        case (.request(let reply), _):
            reply(.failure(failure))
        case (.receive, .add(let message)) where !journal.isClosed:
            emit(
                .failure(
                    NodeFailure(
                        .storage,
                        "A message from \(shown(.contact(message.contact))) was not stored, and "
                            + "is not acknowledged: \(failure.description)")))
        default:
            // A state that is not written makes a message be sent again, and the other side drop it.
            log.error("a change was not stored", metadata: ["reason": "\(failure.description)"])
        }
    }

    /// What waits for a disk that won't have it is given up: it was neither told nor acknowledged,
    /// so its senders have it still.
    func closeJournal() {
        for entry in journal.close() { giveUp(entry, Self.stopping) }
    }

    static let stopping = NodeFailure(
        .stopping, "The program is about to end: start it again for that.")
}
