import P2PChat

/// What a line typed at the prompt means.
enum LineCommand: Equatable, Sendable {
    case text(String)
    case message(to: String, text: String?)
    case who
    case contacts
    case requests
    /// Nil lists them.
    case nearby(String?)
    case connect(Dial)
    case trust(file: String, name: String?, replacing: Bool)
    case accept(String, name: String?)
    case reject(String)
    case verify(String?)
    case presence(PresenceState)
    case history(History, ids: Bool)
    case search(String)
    /// Nil for the current conversation.
    case forget(String?, Forgetting)
    /// Nil for the current conversation; and where it is only asked for.
    case retention(String?, RetentionTerm?)
    case resend
    /// Nil where it is only asked for.
    case receipts(Bool?)
    case typing(Bool?)
    case help
    case quit
    case nothing

    /// What is wrong with a line, in a sentence that says what to do.
    struct Failure: Error, Equatable {
        let description: String
    }

    struct Entry: Sendable {
        let name: String
        let arguments: String
        let help: String
    }

    static let all =
        [
            Entry(name: "help", arguments: "", help: "what you can do"),
            Entry(name: "who", arguments: "", help: "who is there"),
            Entry(name: "msg", arguments: "NAME [TEXT]", help: "talk to NAME, or send just TEXT"),
            Entry(name: "contacts", arguments: "", help: "everybody you trust"),
            Entry(name: "connect", arguments: "[NAME@]HOST:PORT", help: "connect to somebody"),
            Entry(
                name: "trust", arguments: "FILE [--name NAME] [--replace]",
                help: "import a friend's certificate"),
            Entry(name: "requests", arguments: "", help: "who would like to talk to you"),
            Entry(name: "accept", arguments: "NAME|FINGERPRINT [AS]", help: "accept a request"),
            Entry(name: "reject", arguments: "NAME|FINGERPRINT", help: "reject a request"),
            Entry(
                name: "nearby", arguments: "[NAME]",
                help: "who announces themselves here; ask NAME to be your contact"),
            Entry(name: "verify", arguments: "[NAME]", help: "compare the safety number"),
        ] + messageEntries + [
            Entry(name: "away", arguments: "", help: "tell others that you are away"),
            Entry(name: "back", arguments: "", help: "tell others that you are back"),
            Entry(name: "quit", arguments: "", help: "say goodbye and leave"),
        ]

    /// - Parameter defaultPort: for an address without one.
    init(parsing line: String, defaultPort: Int) throws(Failure) {
        guard line.hasPrefix("/") else {
            self = line.allSatisfy(\.isWhitespace) ? .nothing : .text(line)
            return
        }
        guard !line.hasPrefix("//") else {
            self = .text(String(line.dropFirst()))
            return
        }
        let name = line.dropFirst().prefix { !$0.isWhitespace }
        let rest = line.dropFirst(name.count + 1).drop(while: \.isWhitespace)
        guard let entry = Self.all.first(where: { $0.name == name.lowercased() }) else {
            throw Self.unknown(String(name))
        }
        // What is searched for is no list of words, and may have a single quote in it.
        let words = entry.name == "search" ? [] : try Self.words(rest)
        func usage() -> Failure {
            Failure(description: "It is /\(entry.name) \(entry.arguments).")
        }
        if entry.arguments.isEmpty, !words.isEmpty {
            throw Failure(description: "/\(entry.name) takes nothing after it.")
        }
        switch entry.name {
        case "help": self = .help
        case "who": self = .who
        case "contacts": self = .contacts
        case "requests": self = .requests
        case "away": self = .presence(.away)
        case "back": self = .presence(.online)
        case "quit": self = .quit
        case "msg":
            guard let to = words.first else { throw usage() }
            // The text as it was typed, blanks and quotes included.
            let text = rest.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)
            self = .message(to: to, text: text.isEmpty ? nil : String(text))
        case "connect":
            guard words.count == 1 else { throw usage() }
            guard let dial = Dial(words[0], defaultPort: defaultPort) else {
                throw Failure(
                    description: "\"\(SafeText.singleLine(words[0], limit: 80))\" is no address: "
                        + "give it as HOST:PORT, or [IPV6]:PORT.")
            }
            self = .connect(dial)
        case "trust": self = try Self.trust(words, usage())
        case "accept":
            guard (1...2).contains(words.count) else { throw usage() }
            self = .accept(words[0], name: words.count > 1 ? words[1] : nil)
        case "reject":
            guard words.count == 1 else { throw usage() }
            self = .reject(words[0])
        case "nearby":
            guard words.count <= 1 else { throw usage() }
            self = .nearby(words.first)
        case "verify":
            guard words.count <= 1 else { throw usage() }
            self = .verify(words.first)
        default:
            self = try Self.messages(entry.name, words, rest, usage()) ?? .nothing
        }
    }

    private static func trust(_ words: [String], _ usage: Failure) throws(Failure) -> LineCommand {
        var file: String?
        var name: String?
        var replacing = false
        var words = words[...]
        while let word = words.popFirst() {
            if word == "--replace" {
                replacing = true
            } else if word == "--name" {
                guard let next = words.popFirst() else { throw usage }
                name = next
            } else if file == nil {
                file = word
            } else {
                throw usage
            }
        }
        guard let file else { throw usage }
        return .trust(file: file, name: name, replacing: replacing)
    }

    /// Words at blanks; quotes keep blanks in a word.
    private static func words(_ text: Substring) throws(Failure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    private static func unknown(_ name: String) -> Failure {
        let shown = SafeText.singleLine(name, limit: 40)
        let near = all.map(\.name)
            .map { (name: $0, distance: distance($0, name.lowercased())) }
            .filter { $0.distance <= 2 || !name.isEmpty && $0.name.hasPrefix(name.lowercased()) }
            .min { $0.distance < $1.distance }
        let advice =
            near.map { "Did you mean /\($0.name)?" } ?? "To send it as text, begin with //."
        return Failure(
            description: "There is no /\(shown); /help lists what there is. \(advice)")
    }

    /// Levenshtein's: insertions, deletions and replacements.
    private static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other.prefix(20))
        var row = Array(0...other.count)
        for (index, character) in one.enumerated() {
            var next = [index + 1]
            for (column, candidate) in other.enumerated() {
                next.append(
                    min(
                        row[column + 1] + 1, next[column] + 1,
                        row[column] + (character == candidate ? 0 : 1)))
            }
            row = next
        }
        return row[other.count]
    }
}
