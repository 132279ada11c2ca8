#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A file that a certificate is written to for others to have. It may lie in any folder.
public struct CertificateFile: Sendable {
    public enum Outcome: Equatable, Sendable {
        case written
        /// It stood there already, byte for byte.
        case unchanged
        /// What stood there is now under this path.
        case replaced(formerPath: String)
    }

    public let path: String
    private let folderPath: String
    private let name: String

    /// `path` names a file, or a folder to put one called `defaultName` into; nil is the current
    /// folder.
    public init(path: String?, defaultName: String) {
        guard let path, !path.isEmpty else {
            self.path = defaultName
            folderPath = "."
            name = defaultName
            return
        }
        var information = stat()
        let isFolder =
            path.hasSuffix("/")
            || stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
        let file =
            isFolder ? (path.hasSuffix("/") ? path : path + "/") + defaultName : path
        self.path = file
        if let slash = file.lastIndex(of: "/") {
            folderPath = slash == file.startIndex ? "/" : String(file[..<slash])
            name = String(file[file.index(after: slash)...])
        } else {
            folderPath = "."
            name = file
        }
    }

    /// Throws what ``write(_:replacing:)`` would, as far as it can be foreseen: so that a key is
    /// not made whose certificate has nowhere to go.
    public func check(replacing: Bool) throws(IdentityError) {
        let folder = try OpenFolder(path: folderPath, followingLinks: true)
        guard access(folderPath, W_OK | X_OK) == 0 else { throw .creating(path, errno: errno) }
        if replacing { return }
        guard try !folder.exists(name) else { throw taken() }
    }

    /// Writes the certificate in PEM, whole or not at all. Something else under that name is an
    /// error, unless `replacing`: then it is kept as `NAME.1`, or with the next free number.
    public func write(
        _ certificate: Certificate, replacing: Bool
    ) throws(IdentityError) -> Outcome {
        let folder = try OpenFolder(path: folderPath, followingLinks: true)
        let content = SecretBytes(copying: certificate.pem.utf8)
        if isFile(with: content) { return .unchanged }
        let file = try NewFile(name, in: folder, path: path, mode: 0o644)
        try content.withBytes { (bytes) throws(IdentityError) in try file.write(bytes) }
        let former = replacing ? try keepFormer(in: folder) : nil
        do throws(IdentityError) {
            try file.finish(replacing: replacing)
        } catch {
            throw error.code == .exists ? taken() : error
        }
        return former.map { .replaced(formerPath: $0) } ?? .written
    }

    private func taken() -> IdentityError {
        IdentityError(
            .exists,
            "\(path) exists already and is something else; name another file with --out, "
                + "or replace it with --force, which keeps the old one beside the new.")
    }

    private func isFile(with content: SecretBytes) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard let found = try? readAll(from: descriptor, limit: content.count, path: path) else {
            return false
        }
        return found.withBytes { one in content.withBytes { two in one.elementsEqual(two) } }
    }

    private func keepFormer(in folder: OpenFolder) throws(IdentityError) -> String? {
        guard try folder.exists(name) else { return nil }
        var number = 1
        while try folder.exists("\(name).\(number)") { number += 1 }
        let former = "\(name).\(number)"
        if try !folder.link(name, as: former) { try folder.rename(name, to: former) }
        return path + ".\(number)"
    }
}
