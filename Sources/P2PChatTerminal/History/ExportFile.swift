import P2PChat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that appears under its name only when it is whole. Only its owner may read it.
final class ExportFile: Sendable {
    let path: String
    private let file: NewFile
    private let replaces: Bool

    /// - Parameter replacing: an older file of this name goes.
    init(at path: String, replacing: Bool) throws(CommandFailure) {
        self.path = path
        replaces = replacing
        let shown = Self.shown(path)
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw CommandFailure(
                    .cannotCreate,
                    "\(shown) is there already and is no plain file: name another, or - for "
                        + "standard output.")
            }
            guard replacing else { throw Self.exists(path) }
        }
        do throws(IdentityError) {
            file = try NewFile(path: path)
        } catch {
            throw Self.failure(error, path)
        }
    }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        do {
            try bytes.withUnsafeBytes { try file.write($0) }
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Gives the file its name, once it is on disk.
    func finish() throws(CommandFailure) {
        do throws(IdentityError) {
            try file.finish(replacing: replaces)
        } catch {
            throw Self.failure(error, path)
        }
    }

    /// Removes what there is of it, from any thread, whatever another is doing with it.
    func abandon() { file.discard() }

    private static func shown(_ path: String) -> String {
        "\"\(SafeText.singleLine(path, limit: 300))\""
    }

    private static func exists(_ path: String) -> CommandFailure {
        CommandFailure(
            .cannotCreate,
            "\(shown(path)) is there already: name another file, or replace it with --force.")
    }

    private static func failure(_ error: any Error, _ path: String) -> CommandFailure {
        let sentence = SafeText.singleLine("\(error)", limit: 600)
        switch (error as? IdentityError)?.code {
        case .exists: return exists(path)
        case .inputOutput: return CommandFailure(.inputOutput, sentence)
        default: return CommandFailure(.cannotCreate, sentence)
        }
    }
}
