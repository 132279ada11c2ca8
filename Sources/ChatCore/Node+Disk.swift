import ChatValues
import Logging

/// The way to the disk. One batch at a time is committed, what becomes of it is carried out, and
/// between two of them what is to be sent next is read: so the disk and what is held of it in
/// memory can't disagree.
extension Node {
    /// Has the disk seen to, in a turn of its own: what is recorded until then shares a batch.
    func keepJournal() {
        guard !journal.isSeenTo, isDiskDue else { return }
        journal.isScheduled = true
        onThread { node in
            node.journal.isScheduled = false
            node.seeToDisk()
        }
    }

    /// Has the disk seen to when the body is done, in the same turn.
    func keepingJournal(_ body: () -> Void) {
        journal.isHeld = true
        body()
        journal.isHeld = false
        if isDiskDue { seeToDisk() }
    }

    private var isDiskDue: Bool { !journal.isBusy && (journal.isDue || !unloaded.isEmpty) }

    private func seeToDisk() {
        guard let messages else { return resumeFences() }
        while isDiskDue {
            // By turns, so that neither has to wait for more than one of the other.
            if !journal.isLoadNext, let batch = journal.takeBatch() {
                journal.isLoadNext = true
                journal.isBusy = true
                // Where it takes no time this goes on here.
                guard begin(batch, on: messages) else { return }
                journal.isBusy = false
            } else {
                journal.isLoadNext = false
                guard let contact = unloaded.popFirst() else { continue }
                journal.isBusy = true
                Task {
                    await load(contact, from: messages)
                    goOn()
                }
                return
            }
        }
        if !journal.isBusy { resumeFences() }
    }

    private func goOn() {
        journal.isBusy = false
        seeToDisk()
    }

    private func resumeFences() {
        for fence in journal.takeFences() { fence.resume() }
    }

    /// - Returns: false where the store will call.
    private func begin(_ batch: Journal.Batch, on messages: any MessageStore) -> Bool {
        journal.underWay = batch
        let result = messages.commit(batch.entries.changes) { result in
            self.onThread { node in
                guard let batch = node.journal.underWay else { return }
                if node.finish(batch, result, on: messages) { node.goOn() }
            }
        }
        guard let result else { return false }
        return finish(batch, result, on: messages)
    }

    /// - Returns: false where that takes longer.
    private func finish(
        _ batch: Journal.Batch, _ result: CommitResult, on messages: any MessageStore
    ) -> Bool {
        journal.underWay = nil
        switch result {
        case .success(let outcomes):
            carryOut(batch.entries, outcomes)
            settle(batch, Refused())
            return true
        case .failure(let error):
            Task {
                var refused = Refused()
                await retry(batch.entries.all, after: error, on: messages, &refused)
                settle(batch, refused)
                goOn()
            }
            return false
        }
    }

    private func settle(_ batch: Journal.Batch, _ refused: Refused) {
        journal.putBack(refused.entries)
        if let failure = refused.failure {
            waitForDisk(failure)
        } else if journal.trouble != nil {
            journal.trouble?.retry?.cancel()
            journal.trouble = nil
            resumeReading(.disk)
            log.notice("the disk takes messages again")
        }
        if journal.isLow { resumeReading(.journal) }
        flushTouched()
        for (reply, outcome) in journal.takeAnswers() { reply(.success(outcome)) }
        for fence in batch.fences { fence.resume() }
    }

    /// What the disk has refused and what is to be tried again.
    private struct Refused {
        private(set) var entries: [Journal.Entry] = []
        private(set) var failure: StoreFailure?
        /// Of whom a message waits.
        private var senders: Set<Fingerprint> = []

        mutating func append(_ entry: Journal.Entry, _ failure: StoreFailure) {
            entries.append(entry)
            self.failure = failure
            if let sender = entry.sender { senders.insert(sender) }
        }

        /// What one contact says is stored in its order: behind a message that waits, those that
        /// came after it wait as well. Returns the others.
        mutating func hold(_ batch: [Journal.Entry]) -> [Journal.Entry] {
            guard !senders.isEmpty else { return batch }
            var others: [Journal.Entry] = []
            for entry in batch {
                if let sender = entry.sender, senders.contains(sender) {
                    entries.append(entry)
                } else {
                    others.append(entry)
                }
            }
            return others
        }
    }

    /// What was refused together is tried by halves, down to the one that is at fault: it must not
    /// block the others.
    private func retry(
        _ entries: [Journal.Entry], after error: any Error, on messages: any MessageStore,
        _ refused: inout Refused
    ) async {
        let failure = error as? StoreFailure ?? StoreFailure(.unreadable, "\(error)")
        guard entries.count == 1 || !failure.mayConcernOneChange else {
            let middle = entries.count / 2
            await commit(Array(entries[..<middle]), to: messages, &refused)
            await commit(Array(entries[middle...]), to: messages, &refused)
            return
        }
        for entry in entries {
            if entry.purpose.isUrgent || !failure.mayPass {
                giveUp(entry, NodeFailure(.storage, failure.description))
            } else {
                refused.append(entry, failure)
            }
        }
    }

    private func commit(
        _ batch: [Journal.Entry], to messages: any MessageStore, _ refused: inout Refused
    ) async {
        let entries = refused.hold(batch)
        guard !entries.isEmpty else { return }
        do {
            let entries = Journal.Entries(entries)
            carryOut(entries, try await messages.commit(entries.changes))
        } catch {
            await retry(entries, after: error, on: messages, &refused)
        }
    }

    /// Nothing that came in is told or acknowledged that is not on disk: it waits, and so do those
    /// who would send more.
    private func waitForDisk(_ failure: StoreFailure) {
        pauseReading(.disk)
        guard var trouble = journal.trouble else {
            emit(
                .failure(
                    NodeFailure(
                        .storage,
                        "What comes in can't be stored, and waits until it can: "
                            + failure.description)))
            return retry(after: Journal.Trouble.firstDelay)
        }
        // An urgent change was tried meanwhile: the time for the others stays.
        guard trouble.isDue else { return }
        trouble.delay = min(trouble.delay * 2, Journal.Trouble.longestDelay)
        retry(after: trouble.delay)
    }

    private func retry(after delay: Double) {
        let retry = Task { [weak self, sleep = configuration.sleep] in
            do { try await sleep(delay) } catch { return }
            await self?.tryDiskAgain()
        }
        journal.trouble = Journal.Trouble(delay: delay, retry: retry)
    }

    func tryDiskAgain() {
        journal.trouble?.isDue = true
        keepJournal()
    }
}
