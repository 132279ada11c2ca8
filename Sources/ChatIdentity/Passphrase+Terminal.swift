extension Passphrase {
    /// Asks on the terminal, without showing what is typed.
    ///
    /// The terminal is the process's own, whatever standard input and output are. Blocks; call it
    /// before anything else reads from the terminal. Throws ``IdentityError/Code/noTerminal`` or
    /// ``IdentityError/Code/cancelled``. A signal that ends the process still does, after the
    /// terminal has been put right.
    public static func ask(_ prompt: String) throws(IdentityError) -> Passphrase {
        try Passphrase(TerminalPrompt.readLine(prompt: prompt))
    }

    /// Asks for a new passphrase and once more to be sure.
    public static func askTwice(
        _ prompt: String, again: String
    ) throws(IdentityError) -> Passphrase {
        let first = try ask(prompt)
        let second = try TerminalPrompt.readLine(prompt: again)
        let isSame = first.secret.withBytes { one in
            second.withBytes { two in one.elementsEqual(two) }
        }
        guard isSame else {
            throw IdentityError(
                .passphraseMismatch, "The two passphrases differ; nothing was changed: try again.")
        }
        return first
    }
}
