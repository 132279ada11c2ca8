/// Messages that have been kept for as long as the user wants.
extension Node {
    /// Seconds between two looks.
    static let retentionInterval = 3_600.0

    /// Looks now, and every hour.
    func watchRetention() {
        guard messages != nil else { return }
        retention = Task { [weak self, sleep = configuration.sleep] in
            while !Task.isCancelled {
                guard await self?.removeExpired() != nil else { return }
                do { try await sleep(Self.retentionInterval) } catch { return }
            }
        }
    }

    func removeExpired() async {
        guard let messages, !isStopping else { return }
        let now = configuration.now()
        do throws(NodeFailure) {
            _ = try await stored { try await messages.removeExpired(at: now) }
        } catch {
            emit(
                .failure(
                    NodeFailure(
                        .storage, "Old messages could not be removed yet: \(error.description)")))
        }
    }
}
