#if Desktop
import CGtk
import CQREncode
import P2PChat

/// Comparing the safety number, in digits or as a QR code.
final class VerifyDialog: Window {
    var onVerified: (@GtkThread () -> Void)?

    init(_ contact: Contact, _ number: SafetyNumber, over parent: Window) {
        let name = SafeText.singleLine(contact.name, limit: 64)
        super.init(over: parent, title: "Verify \(name)", width: 440)
        classes("sheet")
        let content = Box.column(spacing: 16).margin(top: 4, bottom: 24, start: 28, end: 28)
        content.append(
            Label(
                "\(name) sees a number too. Read these to each other by voice or in person, or "
                    + "scan the code: if they are the same, nobody sits in between.", "quiet"
            ).centred().wrapping(maxCharacters: 46))
        if let code = QRCode(number.groups.joined()) {
            content.append(
                code.accessible("QR code of the safety number").align(GTK_ALIGN_CENTER))
        }
        let rows = stride(from: 0, to: number.groups.count, by: 4).map {
            number.groups[$0..<min($0 + 4, number.groups.count)].joined(separator: "  ")
        }
        let digits = Label(rows.joined(separator: "\n"), "digits").centred().selectable()
        digits.accessible("Safety number \(number)")
        content.append(digits)
        let isVerified = contact.trust == .verified
        if isVerified {
            content.append(Label("You have verified \(name).", "good").centred())
        }
        let buttons = Box.row(spacing: 10).align(GTK_ALIGN_CENTER)
        let yes = Button("The numbers are the _same") { [weak self] in
            self?.onVerified?()
            self?.close()
        }.classes("suggested-action", "pill")
        let no = Button(isVerified ? "_Close" : "_Not now") { [weak self] in self?.close() }
        buttons.append(no.classes("pill"))
        if !isVerified { buttons.append(yes) }
        content.append(buttons)
        content.append(
            Label(
                "If they differ, write nothing that matters, and ask \(name) for the certificate "
                    + "in another way.", "quiet", "small"
            ).centred().wrapping(maxCharacters: 50))
        setTitlebar(HeaderBar())
        setChild(content)
        no.focus()
    }
}

/// A QR code, drawn in black on white whatever the theme: readers need that.
final class QRCode: Widget {
    /// Nil for what does not fit into one.
    init?(_ text: String) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            return nil
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = Modules(
            width: width,
            dark: (0..<width * width).map { code.pointee.data[$0] & 1 == 1 })
        super.init(gtk_drawing_area_new())
        classes("qr")
        let side = Int32(width * 6)
        gtk_drawing_area_set_content_width(cast(), side)
        gtk_drawing_area_set_content_height(cast(), side)
        gtk_drawing_area_set_draw_func(
            cast(),
            { _, context, width, height, data in
                guard let data, let context else { return }
                Unmanaged<Modules>.fromOpaque(data).takeUnretainedValue()
                    .draw(context, width, height)
            }, Unmanaged.passRetained(modules).toOpaque(),
            { data in
                if let data { Unmanaged<Modules>.fromOpaque(data).release() }
            })
    }
}

private final class Modules: Sendable {
    private let width: Int
    private let dark: [Bool]

    init(width: Int, dark: [Bool]) {
        self.width = width
        self.dark = dark
    }

    func draw(_ context: OpaquePointer, _ areaWidth: Int32, _ areaHeight: Int32) {
        let module = Double(min(areaWidth, areaHeight)) / Double(width)
        cairo_set_source_rgb(context, 0, 0, 0)
        for index in dark.indices where dark[index] {
            let (row, column) = index.quotientAndRemainder(dividingBy: width)
            cairo_rectangle(
                context, Double(column) * module, Double(row) * module, module, module)
        }
        cairo_fill(context)
    }
}
#endif
