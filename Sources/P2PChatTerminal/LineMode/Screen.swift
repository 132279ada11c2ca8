import P2PChat

/// Where line mode shows its lines.
protocol Screen: Sendable {
    /// The width at which lines are broken; nil where they are not.
    var columns: Int? { get }
    /// Whether somebody can be asked.
    var isInteractive: Bool { get }
    /// Shows whole lines.
    func show(_ lines: String) async
    func setPrompt(_ prompt: String)
    /// Puts a text that was not sent back before the cursor.
    func putBack(_ text: String)
    /// Sets aside what is being typed while there is a question.
    func setAside(_ away: Bool)
}

/// A terminal with a prompt.
struct EditorScreen: Screen {
    let editor: LineEditor

    var columns: Int? { TerminalMode.size(1).columns }
    var isInteractive: Bool { true }

    func show(_ lines: String) async { await editor.show(lines) }
    func setPrompt(_ prompt: String) { editor.post(.prompt(Style.forPrompt(prompt))) }
    func putBack(_ text: String) { editor.post(.putBack(text)) }
    func setAside(_ away: Bool) { editor.post(.setAside(away)) }
}

/// Anything else: lines and nothing but lines.
struct PlainScreen: Screen {
    let output: Output
    let departure: Departure

    var columns: Int? { nil }
    var isInteractive: Bool { false }

    func show(_ lines: String) async {
        if await !output.write(Array(lines.utf8)) { departure.request(.broken) }
    }
    func setPrompt(_ prompt: String) {}
    func putBack(_ text: String) {}
    func setAside(_ away: Bool) {}
}
