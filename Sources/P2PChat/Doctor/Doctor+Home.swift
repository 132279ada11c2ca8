import ChatCore
import ChatIdentity
import ChatStore
import ChatValues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The user's folder and what lies in it.
extension Doctor {
    func home() -> [Diagnosis] {
        switch subject.folder {
        case .failure(let error):
            return [
                Diagnosis(
                    .home, .problem, "There is no identity to look at: \(error.description)",
                    advice: "Make one with p2pchat-keygen --user NAME, or name it with --user.",
                    command: "ls -l ~/.local/share/p2pchat")
            ]
        case .success(let folder):
            let place = shown(folder.path)
            do throws(IdentityError) {
                let fingerprint = try folder.certificate().fingerprint
                return [
                    Diagnosis(
                        .home, .fine, "\(place) holds the identity \(fingerprint).",
                        command:
                            "openssl x509 -noout -fingerprint -sha256 -in \(shown(folder.certificatePath))"
                    )
                ]
            } catch {
                return [
                    Diagnosis(
                        .home, .problem, SafeText.singleLine(error.description),
                        advice: "Until then p2pchat does not start.", command: "ls -la \(place)")
                ]
            }
        }
    }

    /// Who may touch what: the folder 0700, the key and the database 0600, all our own.
    func keys() -> [Diagnosis] {
        guard case .success(let folder) = subject.folder else { return [] }
        let command = "ls -la \(shown(folder.path))"
        var found: [Diagnosis] = []
        for path in [folder.path, folder.keyPath, folder.databasePath] {
            var information = stat()
            guard lstat(path, &information) == 0 else { continue }
            let isFolder = information.st_mode & S_IFMT == S_IFDIR
            if information.st_uid != geteuid() {
                found.append(
                    Diagnosis(
                        .keys, .problem, "\(shown(path)) belongs to another user.",
                        advice: "Run p2pchat as its owner.", command: command))
            } else if information.st_mode & 0o077 != 0 {
                found.append(
                    Diagnosis(
                        .keys, .problem, "Other users can read or change \(shown(path)).",
                        advice: "Mend it with: chmod \(isFolder ? "700" : "600") \(shown(path))",
                        command: command))
            }
        }
        return found.isEmpty
            ? [
                Diagnosis(
                    .keys, .fine, "The folder, the key and the database are yours alone.",
                    command: command)
            ] : found
    }

    private func shown(_ path: String) -> String { SafeText.singleLine(path) }
}
