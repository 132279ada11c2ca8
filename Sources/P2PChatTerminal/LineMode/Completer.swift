import P2PChat
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What Tab completes: commands, names of contacts and requests, files.
final class Completer: Sendable {
    private struct Names {
        var contacts: [String] = []
        var requests: [String] = []
    }

    private let names = Mutex(Names())

    func setContacts(_ contacts: [String]) {
        names.withLock { $0.contacts = contacts.map { SafeText.singleLine($0) } }
    }

    func setRequests(_ requests: [String]) {
        names.withLock { $0.requests = requests.map { SafeText.singleLine($0) } }
    }

    /// - Parameter before: the line up to the cursor.
    func complete(_ before: String) -> LineEditor.Completion {
        guard before.hasPrefix("/"), !before.hasPrefix("//") else {
            return LineEditor.Completion(replaced: 0, candidates: [])
        }
        let words = before.split(separator: " ", omittingEmptySubsequences: false)
        let word = String(words.last ?? "")
        let (contacts, requests) = names.withLock { ($0.contacts, $0.requests) }
        let candidates: [String]
        switch (words.count, words.first ?? "") {
        case (1, _): candidates = LineCommand.all.map { "/" + $0.name }
        case (2, "/msg"), (2, "/verify"), (2, "/forget"), (2, "/retention"): candidates = contacts
        case (2, "/accept"), (2, "/reject"): candidates = requests
        case (2, "/connect"): candidates = contacts.map { $0 + "@" }
        case (_, "/trust"): candidates = Self.files(word)
        default: candidates = []
        }
        return LineEditor.Completion(
            replaced: word.unicodeScalars.count,
            candidates: candidates.filter { $0.lowercased().hasPrefix(word.lowercased()) }.sorted())
    }

    /// Files and folders whose path begins so.
    private static func files(_ prefix: String) -> [String] {
        let slash = prefix.lastIndex(of: "/")
        let folder = slash.map { String(prefix[...$0]) } ?? ""
        let rest = slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...]
        let path = folder.isEmpty ? "." : expandingHome(folder)
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream), found.count < 500 {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(validatingCString: $0) }
            }
            guard let name, name != ".", name != "..", name.hasPrefix(rest),
                rest.hasPrefix(".") || !name.hasPrefix("."),
                // What could not be typed back as it stands is left out.
                SafeText.singleLine(name) == name, !name.contains(" ")
            else { continue }
            var information = stat()
            let isFolder =
                stat(path + "/" + name, &information) == 0
                && information.st_mode & S_IFMT == S_IFDIR
            found.append(folder + name + (isFolder ? "/" : ""))
        }
        return found
    }

    /// `~/` as a shell takes it.
    static func expandingHome(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
        return String(cString: home) + path.dropFirst()
    }
}
