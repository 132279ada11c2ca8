import ChatIdentity

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that comes into being whole or not at all, readable by its owner alone.
///
/// Where the system can, it has no name until it is complete, so that not even a crash leaves a
/// part of it behind.
final class NewFile {
    let path: String
    private let folder: OpenFolder
    private let name: String
    private let descriptor: Int32
    /// Nil where the file has no name yet.
    private var temporaryName: String?

    init(path: String) throws(IdentityError) {
        let slash = path.lastIndex(of: "/")
        let folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        self.path = path
        folder = try OpenFolder(path: folderPath, followingLinks: true)
        guard !name.isEmpty, name != ".", name != ".." else {
            throw IdentityError(.unexpectedFile, "\(path) is a folder; name a file.")
        }
        #if os(Linux)
            // O_TMPFILE, which is no macro that Swift can import.
            let unnamed = folder.openFile(".", O_WRONLY | 0o20_000_000 | O_DIRECTORY, mode: 0o600)
        #else
            let unnamed: Int32 = -1
        #endif
        if unnamed >= 0 {
            descriptor = unnamed
            return
        }
        let temporary = Self.randomName()
        descriptor = folder.openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        guard descriptor >= 0 else { throw .creating(path, errno: errno) }
        temporaryName = temporary
    }

    deinit {
        close(descriptor)
        if let temporaryName { try? folder.remove(temporaryName) }
    }

    private static func randomName() -> String {
        ".p2pchat-" + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Throws ``IdentityError/Code/exists`` where something has the name, unless `replacing`.
    func checkName(replacing: Bool) throws(IdentityError) {
        if replacing { return }
        guard try !folder.exists(name) else { throw taken() }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(IdentityError) {
        try Descriptor.write(bytes, to: descriptor, path: path)
    }

    /// Puts all of it on the disk and gives it its name.
    func finish(replacing: Bool) throws(IdentityError) {
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
            throw .creating(path, errno: errno)
        }
        let temporary: String
        if let temporaryName {
            temporary = temporaryName
        } else {
            temporary = try nameTemporarily()
        }
        temporaryName = temporary
        if replacing {
            try folder.rename(temporary, to: name)
        } else {
            do throws(IdentityError) {
                try folder.renameWithoutReplacing(temporary, to: name)
            } catch {
                throw error.code == .exists ? taken() : error
            }
        }
        temporaryName = nil
        try folder.synchronize()
    }

    private func nameTemporarily() throws(IdentityError) -> String {
        let temporary = Self.randomName()
        // How open(2) says to name a file without a name.
        guard
            linkat(
                AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, folder.path(of: temporary),
                AT_SYMLINK_FOLLOW) == 0
        else { throw .creating(path, errno: errno) }
        return temporary
    }

    private func taken() -> IdentityError {
        IdentityError(
            .exists, "\(path) exists already; name another file, or replace it with --force.")
    }
}

enum Descriptor {
    static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
    ) throws(IdentityError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            let count = systemWrite(descriptor, piece.baseAddress, piece.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw .creating(path, errno: errno)
            }
        }
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    static func read(
        _ count: Int, at offset: UInt64, from descriptor: Int32, path: String
    ) throws(IdentityError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = 0
            while length < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: length), count - length,
                    off_t(offset) + off_t(length))
                if got == 0 { return }
                if got > 0 {
                    length += got
                } else if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw .reading(path, errno: failure) }
        return bytes
    }
}

/// `write`, where a method of that name hides it.
private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
