import P2PChat

/// Questions, each at a prompt of its own.
extension LineMode {
    /// The prompt changes before the explanation appears: whoever has read it types the answer.
    func ask(_ question: Question, explaining lines: [String], _ emphasis: Style.Emphasis) async {
        guard !questions.contains(question) else { return }
        questions.append(question)
        if questions.count == 1 { screen.setAside(true) }
        updatePrompt()
        await notice(lines, emphasis)
    }

    func askToTrust(_ fingerprint: Fingerprint, name: String, at address: PeerAddress) async {
        let shown = SafeText.singleLine(name, limit: 64)
        await ask(
            .trust(fingerprint, name: name, address: address),
            explaining: [
                "\"\(shown)\" answers at \(address), with a certificate you do not know yet:",
                "\(fingerprint)",
                "Nothing was sent. Compare the fingerprint with your friend by another way.",
            ], .warning)
    }

    func answer(_ line: String, to question: Question) async {
        switch question.answer(line) {
        case .unclear:
            return await notice([question.hint], .warning)
        case .yes:
            await carryOut(question)
        case .no:
            await decline(question)
        case .otherFingerprint:
            await notice(
                ["THE FINGERPRINTS DIFFER: this is not your friend's certificate."], .alarm)
            await decline(question)
        }
        endQuestion()
    }

    /// Ctrl-C is a no to a question, and the end where there is none.
    func interrupt() async {
        guard let question = questions.first else {
            if let searching {
                self.searching = nil
                return searching.cancel()
            }
            return departure.request(.asked)
        }
        await decline(question)
        endQuestion()
    }

    private func endQuestion() {
        if !questions.isEmpty { questions.removeFirst() }
        if questions.isEmpty { screen.setAside(false) }
        updatePrompt()
    }

    private func carryOut(_ question: Question) async {
        do {
            switch question {
            case .trust(let fingerprint, _, _):
                await tellTrusted(try await node.accept(fingerprint.description))
            case .greet(let neighbour): try await greet(neighbour)
            case .verify(let contact):
                let verified = try await node.markVerified(contact.fingerprint.description)
                await notice(["\(SafeText.singleLine(verified.name, limit: 64)) is verified."])
            case .forget(let targets, let contact):
                try await carryOut(targets, contact: contact)
            case .retention(let contact, let term):
                try await setRetention(term, with: contact)
            }
        } catch {
            await notice([SafeText.singleLine("\(error)")], .warning)
        }
    }

    private func decline(_ question: Question) async {
        switch question {
        case .trust(let fingerprint, let name, _):
            let reference = Transcript.reference(to: fingerprint, name: name)
            await notice(["Not trusted, and nothing was sent. /accept \(reference) does it later."])
        case .greet:
            await notice(["Not trusted, and nothing was sent."])
        case .forget, .retention: await notice(["Nothing was changed."])
        case .verify:
            await notice(
                [
                    "Not verified. If the numbers differ, somebody may sit between you: tell no "
                        + "secrets."
                ], .warning)
        }
    }

    func verify(_ name: String?) async throws {
        guard let reference = name ?? current?.reference else {
            throw LineCommand.Failure(description: "Say whom: /verify NAME.")
        }
        let contact = try await node.contact(reference)
        let number = try node.safetyNumber(with: contact)
        let lines = SafetyNumberText.lines(number, contact)
        if contact.trust != .verified, screen.isInteractive {
            await ask(.verify(contact), explaining: lines, .plain)
        } else {
            await notice(lines, .plain)
        }
    }
}
