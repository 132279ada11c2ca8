import P2PChat

/// People on the local network who let everybody know of them.
extension LineMode {
    func nearby(_ reference: String?) async throws {
        guard let reference else { return await screen.show(await nearbyTable()) }
        let neighbour = try await node.neighbour(reference)
        if let contact = try? await node.contact(neighbour.fingerprint.description) {
            let name = SafeText.singleLine(contact.name, limit: 64)
            return await notice(["\(name) is a contact already."])
        }
        let name = SafeText.singleLine(neighbour.name, limit: 64)
        let lines = [
            "Somebody who goes by \"\(name)\" on this network shows the certificate",
            "\(neighbour.fingerprint)",
            "Anybody can take that name. Compare the fingerprint with your friend by another way.",
        ]
        guard screen.isInteractive else { return await notice(lines, .plain) }
        await ask(.greet(neighbour), explaining: lines, .warning)
    }

    func greet(_ neighbour: Neighbour) async throws(NodeFailure) {
        let contact = try await node.greet(neighbour.fingerprint.description)
        await tellTrusted(contact)
        let name = SafeText.singleLine(contact.name, limit: 64)
        await notice(["\(name) sees you among the requests now, and decides whether to accept."])
    }

    private func nearbyTable() async -> String {
        guard node.isSecure else { return "  Plain text knows no certificates; see /who.\n" }
        let neighbours = await node.neighbours()
        if neighbours.isEmpty {
            return "  Nobody on this network announces themselves (p2pchat --discoverable).\n"
        }
        let known = Set(await node.contacts().map(\.contact.fingerprint))
        return neighbours.map { neighbour in
            let place = neighbour.addresses.first.map { "  \($0)" } ?? ""
            let note = known.contains(neighbour.fingerprint) ? "  a contact" : ""
            return "  \(cell(neighbour.name))\(place)\(note)\n      \(neighbour.fingerprint)\n"
        }.joined() + "  /nearby NAME sends a request.\n"
    }
}
