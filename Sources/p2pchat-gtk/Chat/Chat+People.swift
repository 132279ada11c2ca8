#if Desktop
import ChatDesktopModel
import P2PChat

/// Contacts, requests, trust.
extension Chat {
    func show(_ request: ContactRequest) {
        keepSelection()
        requestPane.show(request)
        show(page: "request")
    }

    private func keepSelection() {
        pane.keepDraft(for: selected)
        selected = nil
        sidebar.show(list.items, selected: nil)
    }

    func accept(_ request: ContactRequest, _ name: String?) {
        Task {
            let contact = await attempt { [node] () async throws(NodeFailure) in
                try await node.accept(request.fingerprint.description, name: name)
            }
            guard let contact else { return }
            requestPane.fingerprint = nil
            await refreshContacts()
            select(.contact(contact.fingerprint))
        }
    }

    func reject(_ request: ContactRequest) {
        Task {
            let done: Void? = await attempt { [node] () async throws(NodeFailure) in
                try await node.reject(request.fingerprint.description)
            }
            guard done != nil else { return }
            requestPane.fingerprint = nil
            await refreshContacts()
            deselect()
        }
    }

    /// The warning has been read. The pin stays what it was: whoever shows the other certificate is
    /// refused as before.
    func keepPin() {
        guard let fingerprint = selected?.fingerprint else { return }
        warnings.answer(fingerprint)
        list.change(.contact(fingerprint)) { $0.isBlocked = false }
        pane.unblock()
        showList()
        pane.focusComposer()
    }

    func showHeader() {
        guard let selected, let item = list[selected] else { return }
        let status = selected.fingerprint.flatMap { statuses[$0] }
        pane.header.show(item, status, now: Clock.now())
    }

    func showAdd() {
        let dialog = AddDialog(isSecure: node.isSecure, over: window)
        dialog.onAdd = { [weak self] request in self?.add(request, dialog) }
        followNeighbours(dialog)
        dialog.present()
    }

    /// Files that were dropped onto the window, or opened with it.
    func showAdd(file path: String) {
        let dialog = AddDialog(isSecure: node.isSecure, over: window)
        dialog.onAdd = { [weak self] request in self?.add(request, dialog) }
        followNeighbours(dialog)
        dialog.present()
        dialog.read(path)
    }

    private func add(_ request: AddDialog.Request, _ dialog: AddDialog) {
        guard node.isSecure else {
            if let address = request.address { openPlain(address) }
            return dialog.destroy()
        }
        Task {
            do throws(NodeFailure) {
                var added: [Contact] = []
                switch request.input {
                case .certificates(let pem, _):
                    added = try await node.trust(certificatesIn: pem, name: request.name)
                case .fingerprint(let fingerprint):
                    added = [
                        try await node.trust(
                            fingerprint, name: request.name, certificateName: nil, replacing: false)
                    ]
                case .nothing, .unusable: break
                }
                if let address = request.address {
                    try await node.connect(
                        to: address, expecting: added.first?.fingerprint.description)
                }
                await refreshContacts()
                dialog.destroy()
                if let first = added.first {
                    select(.contact(first.fingerprint))
                } else {
                    toast.say("Calling… whoever answers is shown under Requests.")
                }
            } catch {
                dialog.complain(error.description)
            }
        }
    }

    func copyOwnCertificate() {
        guard let folder = running.folder else { return }
        Task {
            do {
                Clipboard.copy(try await Self.certificate(of: folder).pem)
                toast.say("Your certificate is copied: paste it into a message to your friend.")
            } catch {
                toast.say(SafeText.singleLine("\(error)", limit: 300))
            }
        }
    }

    private nonisolated static func certificate(of folder: UserFolder) async throws -> Certificate {
        try folder.certificate()
    }

    func showVerify() {
        guard let contact = selectedContact else { return }
        do throws(NodeFailure) {
            let number = try node.safetyNumber(with: contact)
            let dialog = VerifyDialog(contact, number, over: window)
            dialog.onVerified = { [weak self] in self?.markVerified(contact) }
            dialog.present()
        } catch {
            toast.say(error.description)
        }
    }

    private func markVerified(_ contact: Contact) {
        Task {
            await attempt { [node] () async throws(NodeFailure) in
                try await node.markVerified(contact.fingerprint.description)
            }
            await refreshContacts()
        }
    }

    var selectedContact: Contact? {
        // A closure here makes the optimiser of Swift 6.3 end in a crash.
        guard let fingerprint = selected?.fingerprint, let status = statuses[fingerprint] else {
            return nil
        }
        return status.contact
    }

    func showContact() {
        guard let contact = selectedContact else { return }
        let dialog = ContactDialog(
            contact, retention: summaries[contact.fingerprint]?.retention, over: window)
        dialog.onSave = { [weak self] name, seconds in self?.change(contact, name, seconds, dialog)
        }
        dialog.onForget = { [weak self] in self?.forget(contact, dialog) }
        dialog.onRemove = { [weak self] in self?.remove(contact, dialog) }
        dialog.present()
    }

    private func change(
        _ contact: Contact, _ name: String, _ seconds: Double?, _ dialog: ContactDialog
    ) {
        let peer = contact.fingerprint.description
        let known = summaries[contact.fingerprint]?.retention
        Task {
            do throws(NodeFailure) {
                if name != contact.name { _ = try await node.renameContact(peer, to: name) }
                if seconds != known { try await node.setRetention(seconds, with: peer) }
                dialog.destroy()
                await refreshContacts()
            } catch {
                dialog.complain(error.description)
            }
        }
    }

    private func forget(_ contact: Contact, _ dialog: ContactDialog) {
        Task {
            let count = await attempt { [node] () async throws(NodeFailure) in
                try await node.forget(.conversation(contact.fingerprint))
            }
            guard count != nil else { return }
            dialog.destroy()
            await refreshContacts()
            reload()
        }
    }

    private func remove(_ contact: Contact, _ dialog: ContactDialog) {
        Task {
            let done: Void? = await attempt { [node] () async throws(NodeFailure) in
                try await node.removeContact(contact.fingerprint.description)
            }
            guard done != nil else { return }
            warnings.forget(contact.fingerprint)
            dialog.destroy()
            deselect()
            await refreshContacts()
        }
    }

    // Plain text

    /// Where a plain text peer's words belong: the address that we called, else the name there.
    func plainID(_ peer: PeerDescription) -> ConversationID? {
        guard peer.fingerprint == nil, let address = peer.address else { return nil }
        let called = plainTargets.first { $0.value == address.description }?.key
        return called ?? ConversationID(peer)
    }

    private func openPlain(_ address: PeerAddress) {
        let id = ConversationID.plain(PlainName(name: address.description, address: address))
        plainTargets[id] = address.description
        list.add(ContactItem(id: id, name: address.description))
        select(id)
        showList()
        Task {
            await attempt { [node] () async throws(NodeFailure) in
                try await node.connect(to: address, expecting: nil)
            }
        }
    }
}
#endif
