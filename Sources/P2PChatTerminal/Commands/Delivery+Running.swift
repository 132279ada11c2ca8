import P2PChat

/// One message through the p2pchat that is running.
extension Delivery {
    /// The `ref` of each command.
    private enum Step: Int {
        case watch = 1
        case connect, send
    }

    /// - Parameter wait: seconds.
    func run(over client: ControlClient, wait: Double) async throws {
        let contact: Contact
        do {
            contact = try await client.contact(named: peer)
        } catch let failure as ControlFailure where failure.code == .ended {
            // Nothing was sent: whoever has the home next may do it.
            throw NodeFailure(.stopping, failure.description)
        }
        client.command("watch", reference: Step.watch.rawValue)
        if let dial {
            client.command("connect", reference: Step.connect.rawValue) { json in
                json.member("address", dial.address.description)
                json.member("to", dial.name ?? contact.fingerprint.description)
            }
        }
        client.command("send", reference: Step.send.rawValue) { json in
            json.member("to", contact.fingerprint.description)
            json.member("content", content)
        }
        try await follow(client, contact, wait: wait)
    }

    private func follow(
        _ client: ControlClient, _ contact: Contact, wait: Double
    ) async throws {
        let name = SafeText.singleLine(contact.name, limit: 80)
        var queuedAt: ContinuousClock.Instant?
        var reason: String?
        while true {
            let event: ControlEvent
            do throws(ControlFailure) {
                event = try await client.next(within: Self.rest(of: wait, since: queuedAt))
            } catch {
                switch (error.code, queuedAt) {
                case (.silent, _?): throw late(name, wait, reason)
                case (.silent, nil): throw error
                case (.ended, _?):
                    throw Self.left(
                        "before \(name) had the message, which is queued: it will be sent when "
                            + "p2pchat runs.")
                case (.ended, nil):
                    throw Self.left(
                        "and did not say whether it took the message: see p2pchat history before "
                            + "you send it once more.")
                }
            }
            let step = event.reference.flatMap { Step(rawValue: $0) }
            let isAboutIt = step == .send || concerns(event, contact)
            if json, isAboutIt { surroundings.print(event.lineWithoutReference) }
            switch event.name {
            case "queued" where step == .send: queuedAt = .now
            case "delivered" where step == .send: return
            case "error":
                guard let failure = event.failure else { break }
                if step != nil { throw failure }
                if let dial, failure.description.contains(dial.address.description) {
                    reason = failure.description
                }
            case "refused" where isAboutIt:
                let text = SafeText.singleLine(event.value["message"]?.string ?? "")
                reason = text
                let why = event.value["reason"]?.string.flatMap { Refusal.Reason(rawValue: $0) }
                if let why, Self.isFinal(why) {
                    let queued = queuedAt == nil ? "" : " The message stays queued."
                    throw CommandFailure(.noPermission, text + queued)
                }
            default: break
            }
        }
    }

    /// Whether an event is of the connection that the message goes over.
    private func concerns(_ event: ControlEvent, _ contact: Contact) -> Bool {
        switch event.name {
        case "connected", "disconnected", "presence":
            event.value["peer"]?["fingerprint"]?.string == contact.fingerprint.description
        case "refused":
            event.value["direction"]?.string == Direction.outbound.rawValue
                && (event.value["contact"]?.string == contact.name
                    || event.value["address"]?.string == dial?.address.description)
        default: false
        }
    }

    /// Seconds until the message is late; before it is queued, how long an answer may take.
    private static func rest(of wait: Double, since start: ContinuousClock.Instant?) -> Double? {
        guard let start else { return nil }
        let passed = (ContinuousClock.now - start) / .seconds(1)
        return max(0, wait - passed)
    }

    private func late(_ name: String, _ wait: Double, _ reason: String?) -> CommandFailure {
        CommandFailure(
            .temporary,
            "\(name) has not confirmed the message within \(Self.shown(wait)) s: it waits in the "
                + "p2pchat that is running, and will be sent when \(name) is there."
                + (reason.map { " (\($0))" } ?? ""))
    }

    private static func left(_ what: String) -> CommandFailure {
        CommandFailure(
            .temporary,
            "The p2pchat that was running ended \(what)")
    }
}
