import P2PChat

/// Who may work on a home now.
enum HomeHolder {
    case ourselves(HomeLock)
    /// A p2pchat that does what we ask it to.
    case running(ControlClient)
}

extension Home {
    /// How long a program that is just starting, or just leaving, is waited for.
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(50)

    /// The p2pchat that runs for this home, for questions that can be answered without it as well.
    func running() async -> ControlClient? {
        try? await ControlClient.connect(to: folder, greeting: 3)
    }

    /// Runs the body with the lock of the home, or with the program that has it. Where that one is
    /// about to end, and has not done it, the body is run again.
    func withHolder<Value>(_ body: (HomeHolder) async throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let holder = try await holder(until: deadline)
            do {
                return try await body(holder)
            } catch let failure as NodeFailure where failure.code == .stopping {
                guard case .running = holder, ContinuousClock.now < deadline else { throw failure }
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// The holder of the lock may have no socket yet, or no more, or never have one: another
    /// sub-command.
    private func holder(until deadline: ContinuousClock.Instant) async throws -> HomeHolder {
        while true {
            do throws(IdentityError) {
                return .ourselves(try HomeLock(folder))
            } catch {
                guard error.code == .inUse else { throw error }
                do {
                    if let client = try await ControlClient.connect(to: folder) {
                        return .running(client)
                    }
                } catch let failure as ControlFailure {
                    guard failure.code == .ended else { throw failure }
                }
                guard ContinuousClock.now < deadline else { throw error }
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
