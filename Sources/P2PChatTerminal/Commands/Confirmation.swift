import P2PChat

/// A question before something that can't be undone.
enum Confirmation {
    /// Throws where the person says no, or where there is nobody to ask.
    ///
    /// - Parameter isGiven: `--yes`.
    static func require(
        _ question: String, isGiven: Bool, json: Bool, _ surroundings: Surroundings
    ) throws(CommandFailure) {
        if isGiven { return }
        guard !json, surroundings.inputIsTerminal, surroundings.outputIsTerminal else {
            throw CommandFailure(
                .usage,
                "This can't be undone, and there is no terminal to ask at: say --yes, and it is "
                    + "done unasked.")
        }
        while true {
            _ = surroundings.write(Array("\(question) (yes/no) ".utf8))
            switch surroundings.readLine()?.trimmed.lowercased() {
            case "yes": return
            case "no", nil: throw CommandFailure(.temporary, "Nothing was changed.")
            default: surroundings.print("Type yes or no.")
            }
        }
    }
}
