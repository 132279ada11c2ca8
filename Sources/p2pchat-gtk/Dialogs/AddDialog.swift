#if Desktop
import CGtk
import ChatDesktopModel
import P2PChat

/// Adding a person: from a file, chosen or dropped, from what is pasted, or by calling an address.
final class AddDialog: Window {
    struct Request {
        var input: AddInput
        /// Nil for the name in the certificate.
        var name: String?
        var address: PeerAddress?
    }

    var onAdd: (@GtkThread (Request) -> Void)?
    let nearby = NearbyList()
    private let isSecure: Bool
    private let text = TextView().padding(12, 10).monospace()
    private let found = Label("", "small").wrapping()
    private let name = Entry()
    private let host = Entry(placeholder: "198.51.100.7")
    private let port = Entry()
    private let complaint = Label("", "bad").wrapping()
    private let addButton: Button
    private var input = AddInput.nothing

    init(isSecure: Bool, over parent: Window) {
        self.isSecure = isSecure
        var add: (@GtkThread () -> Void)?
        addButton = Button(isSecure ? "_Add" : "_Call") { add?() }
        super.init(
            over: parent, title: isSecure ? "Add a person" : "Call an address", width: 480)
        classes("sheet")
        let content = Box.column(spacing: 12).margin(top: 6, bottom: 20, start: 22, end: 22)
        if isSecure { fillCertificate(content) }
        // The original program's is the same.
        port.text = "\(ChatConfiguration.securePort)"
        content.append(
            Box.row(
                spacing: 12,
                [
                    labelled("Target IP", host).expand(horizontally: true),
                    labelled("Target port", port),
                ]))
        if isSecure {
            content.append(
                Label(
                    "Without a certificate, whoever answers at the address is shown with their "
                        + "fingerprint as a request.", "quiet", "small"
                ).wrapping(maxCharacters: 56))
            content.append(nearby.root)
        }
        complaint.isVisible = false
        content.append(complaint)
        let bar = HeaderBar()
        bar.showButtons(false)
        bar.start(Button("_Cancel") { [weak self] in self?.close() })
        addButton.classes("suggested-action")
        bar.end(addButton)
        setTitlebar(bar)
        setChild(content)
        setDefault(addButton)
        add = { [weak self] in self?.add() }
        for entry in [name, host, port] {
            entry.onActivate { [weak self] in self?.add() }
            entry.onChange { [weak self] in self?.complaint.isVisible = false }
        }
    }

    private func fillCertificate(_ content: Box) {
        let field = Box.column([ScrolledWindow(text).contentHeight(92, maximum: 150)])
        field.classes("field")
        text.accessible("Certificate or fingerprint")
        found.isVisible = false
        let choose = Button("Choose a _file…") { [weak self] in
            guard let self else { return }
            FileDialog.open(over: self, title: "Open a certificate") { [weak self] path in
                self?.read(path)
            }
        }
        let box = Box.column(
            spacing: 8,
            [
                Label("Certificate or fingerprint", "heading", "small"), field, found,
                Box.row(
                    spacing: 10,
                    [
                        choose,
                        Label("or drop it onto the window, or paste it here", "quiet", "small"),
                    ]
                ),
            ])
        content.append(box)
        content.append(labelled("Name", name))
        text.onChange { [weak self] in
            guard let self else { return }
            understand(AddInput(text.text))
        }
        onFile { [weak self] path in self?.read(path) }
    }

    /// Takes the certificate in a file.
    func read(_ path: String) {
        Task {
            do {
                text.text = try await Self.pem(in: path)
            } catch {
                complain(SafeText.singleLine("\(error)", limit: 400))
            }
        }
    }

    private nonisolated static func pem(in path: String) async throws -> String {
        try Certificate.certificates(inFile: path).map(\.pem).joined()
    }

    private func understand(_ input: AddInput) {
        self.input = input
        complaint.isVisible = false
        found.setClass("bad", false)
        found.isVisible = true
        switch input {
        case .nothing: found.isVisible = false
        case .fingerprint:
            found.text = "A fingerprint: give the person a name."
        case .unusable(let reason):
            found.text = reason
            found.setClass("bad", true)
        case .certificates(_, let people):
            found.text = people.map { "\($0.name): \($0.fingerprint)" }.joined(separator: "\n")
            name.isSensitive = people.count == 1
            if let only = people.first, people.count == 1, name.text.isEmpty {
                name.text = (try? UserName(only.name))?.text ?? ""
            }
        }
    }

    func complain(_ sentence: String) {
        complaint.text = sentence
        complaint.isVisible = true
        addButton.isSensitive = true
    }

    private func add() {
        do throws(NodeFailure) {
            let address = try AddInput.address(host: host.text, port: port.text)
            let label = name.text.trimmingBlanks
            switch input {
            case .nothing:
                guard address != nil else {
                    return complain(
                        isSecure
                            ? "Give a certificate, a fingerprint, or an address to call."
                            : "Give an address to call.")
                }
            case .unusable(let reason): return complain(reason)
            case .fingerprint:
                guard !label.isEmpty else {
                    name.focus()
                    return complain("Give the person a name.")
                }
            case .certificates: break
            }
            let isSeveral =
                if case .certificates(_, let people) = input { people.count > 1 } else { false }
            onAdd?(
                Request(
                    input: input, name: label.isEmpty || isSeveral ? nil : label, address: address))
        } catch {
            complain(error.description)
        }
    }
}
#endif
