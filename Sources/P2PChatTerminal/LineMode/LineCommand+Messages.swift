import P2PChat

/// Commands about what was said before.
extension LineCommand {
    enum History: Equatable, Sendable {
        case newest(Int)
        /// What was before the oldest that was shown.
        case more
    }

    enum Forgetting: Equatable, Sendable {
        case conversation
        /// The contact too.
        case contact
        case message(MessageID)
        /// The newest message.
        case last
    }

    /// How many lines of a conversation are shown where nothing else is said.
    static let historyLength = 20

    static let messageEntries = [
        Entry(
            name: "history", arguments: "[N|more] [--ids]",
            help: "what was said; more goes further back"),
        Entry(name: "search", arguments: "TEXT", help: "find TEXT in all conversations"),
        Entry(
            name: "forget", arguments: "[NAME] [--last|--contact]",
            help: "remove messages, or a contact"),
        Entry(
            name: "retention", arguments: "[NAME] [DURATION|forever]",
            help: "how long messages are kept"),
        Entry(name: "resend", arguments: "", help: "send again what was not confirmed"),
        Entry(
            name: "receipts", arguments: "[on|off]", help: "tell others that you have read them"),
        Entry(name: "typing", arguments: "[on|off]", help: "tell others that you are writing"),
    ]

    /// Nil for a command that is none of these.
    static func messages(
        _ name: String, _ words: [String], _ rest: Substring, _ usage: Failure
    ) throws(Failure) -> LineCommand? {
        switch name {
        case "history": return try history(words, usage)
        case "search":
            let text = String(rest).trimmed
            guard !text.isEmpty else { throw usage }
            return .search(text)
        case "forget": return try forget(words, usage)
        case "retention": return try retention(words, usage)
        case "resend": return .resend
        case "receipts": return .receipts(try flag(words, usage))
        case "typing": return .typing(try flag(words, usage))
        default: return nil
        }
    }

    private static func history(_ words: [String], _ usage: Failure) throws(Failure) -> LineCommand
    {
        let numbers = words.filter { $0 != "--ids" }
        let ids = numbers.count < words.count
        guard numbers.count <= 1, words.count - numbers.count <= 1 else { throw usage }
        switch numbers.first {
        case nil: return .history(.newest(historyLength), ids: ids)
        case "more": return .history(.more, ids: ids)
        case let text?:
            guard let number = Int(text), (1...1_000).contains(number) else {
                throw Failure(description: "/history takes a number from 1 to 1000, or more.")
            }
            return .history(.newest(number), ids: ids)
        }
    }

    private static func forget(_ words: [String], _ usage: Failure) throws(Failure) -> LineCommand {
        var name: String?
        var what: Forgetting?
        func set(_ choice: Forgetting) throws(Failure) {
            guard what == nil else { throw usage }
            what = choice
        }
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--contact": try set(.contact)
            case "--last": try set(.last)
            case "--message":
                guard let id = words.popFirst().flatMap({ MessageID($0) }) else {
                    throw Failure(
                        description: "--message takes an id; /history --ids shows them.")
                }
                try set(.message(id))
            default:
                guard name == nil, !word.hasPrefix("--") else { throw usage }
                name = word
            }
        }
        return .forget(name, what ?? .conversation)
    }

    private static func retention(
        _ words: [String], _ usage: Failure
    ) throws(Failure) -> LineCommand {
        switch words.count {
        case 0: return .retention(nil, nil)
        case 1:
            let term = RetentionTerm(words[0])
            return .retention(term == nil ? words[0] : nil, term)
        case 2:
            guard let term = RetentionTerm(words[1]) else {
                throw Failure(description: "How long is written as 12h, 90d, 4w, or forever.")
            }
            return .retention(words[0], term)
        default: throw usage
        }
    }

    /// Nil for a question.
    private static func flag(_ words: [String], _ usage: Failure) throws(Failure) -> Bool? {
        guard words.count <= 1 else { throw usage }
        switch words.first?.lowercased() {
        case nil: return nil
        case "on": return true
        case "off": return false
        default: throw usage
        }
    }
}
