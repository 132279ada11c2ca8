#if Desktop
import ChatDesktopModel
import P2PChat

/// People on the local network who let everybody know of them.
extension Chat {
    /// Keeps the list up to date for as long as the dialog is there.
    func followNeighbours(_ dialog: AddDialog) {
        guard node.isSecure else { return }
        dialog.nearby.onChoose = { [weak self, weak dialog] neighbour in
            guard let self, let dialog else { return }
            offerRequest(to: neighbour, over: dialog)
        }
        let node = node
        Task { [weak self, weak dialog] in
            while dialog?.isOpen == true {
                let neighbours = await node.neighbours()
                guard let self, let dialog, dialog.isOpen else { return }
                dialog.nearby.show(neighbours, contacts: Set(statuses.keys))
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func offerRequest(to neighbour: Neighbour, over dialog: AddDialog) {
        let asking = NeighbourDialog(neighbour, over: dialog)
        asking.onSend = { [weak self, weak asking, weak dialog] name in
            self?.greet(neighbour, name, asking, dialog)
        }
        asking.present()
    }

    private func greet(
        _ neighbour: Neighbour, _ name: String?, _ asking: NeighbourDialog?, _ dialog: AddDialog?
    ) {
        let node = node
        Task {
            do throws(NodeFailure) {
                let contact = try await node.greet(neighbour.fingerprint.description, name: name)
                asking?.destroy()
                dialog?.destroy()
                await refreshContacts()
                select(.contact(contact.fingerprint))
                let shown = SafeText.singleLine(contact.name, limit: 64)
                toast.say("\(shown) sees you among the requests now, and decides.")
            } catch {
                asking?.complain(error.description)
            }
        }
    }
}
#endif
