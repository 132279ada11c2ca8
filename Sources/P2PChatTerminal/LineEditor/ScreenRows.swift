import CLibEdit

/// Where libedit has put its cursor: the arithmetic of its own drawing (refresh.c), which it does
/// not tell anybody.
struct ScreenRows {
    /// The terminal's width.
    let columns: Int
    private(set) var row = 0
    private(set) var column = 0

    init(columns: Int) {
        self.columns = max(columns, 2)
    }

    /// The prompt as libedit is given it: what stands between two `escape`s takes no room.
    mutating func addPrompt(_ prompt: String, escape: Unicode.Scalar) {
        var hidden = false
        for scalar in prompt.unicodeScalars {
            if scalar == escape {
                hidden.toggle()
            } else if !hidden {
                add(width: Self.width(scalar))
            }
        }
    }

    mutating func addText(_ text: some Sequence<Unicode.Scalar>) {
        for scalar in text { addText(scalar) }
    }

    /// A character of the line: tabs, line breaks and control characters are drawn specially.
    mutating func addText(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09:
            repeat { add(width: 1) } while column % 8 != 0
        case 0x0A:
            nextRow()
        case ..<0x20, 0x7F:
            // ^X
            add(width: 1)
            add(width: 1)
        default:
            let width = Self.width(scalar)
            if width >= 0 {
                add(width: width)
            } else {
                // \U+XXXX, one digit more past the basic plane.
                for _ in 0..<(scalar.value > 0xFFFF ? 8 : 7) { add(width: 1) }
            }
        }
    }

    private mutating func add(width: Int) {
        guard width > 0 else { return }
        if column + width > columns { nextRow() }
        column += width
        if column >= columns { nextRow() }
    }

    private mutating func nextRow() {
        column = 0
        row += 1
    }

    /// Columns; negative where the C library calls it unprintable.
    static func width(_ scalar: Unicode.Scalar) -> Int {
        Int(CLibEdit_width(wchar_t(scalar.value)))
    }
}
