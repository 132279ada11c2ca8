public import ChatValues

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The folder that holds a folder for each user of this account.
public struct IdentityHome: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// `option` (`--home`), else `P2PCHAT_HOME`, else `$XDG_DATA_HOME/p2pchat`, else
    /// `~/.local/share/p2pchat`. Empty values count as absent, and so does a relative
    /// `XDG_DATA_HOME`, as its specification asks. Nothing is made here.
    public static func resolve(
        option: String?, environment: (String) -> String? = systemEnvironment
    ) throws(IdentityError) -> IdentityHome {
        for choice in [option, environment("P2PCHAT_HOME")] {
            if let choice, !choice.isEmpty {
                var path = Substring(choice)
                while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
                return IdentityHome(path: String(path))
            }
        }
        if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") {
            return IdentityHome(path: data + "/p2pchat")
        }
        guard let user = environment("HOME"), user.hasPrefix("/") else {
            throw IdentityError(
                .noIdentity, "HOME is not set, so there is no home folder; name one with --home.")
        }
        return IdentityHome(path: user + "/.local/share/p2pchat")
    }

    /// A variable of this process's environment.
    public static func systemEnvironment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// The folder of one user, which need not exist.
    public func user(_ name: UserName) -> UserFolder {
        UserFolder(path: path + "/" + name.text, userName: name)
    }

    /// The users who have an identity here, in alphabetical order. None where there is no home yet.
    public func users() throws(IdentityError) -> [UserName] {
        guard let stream = opendir(path) else {
            guard errno == ENOENT else { throw .reading(path, errno: errno) }
            return []
        }
        defer { closedir(stream) }
        var names: [UserName] = []
        while let entry = readdir(stream) {
            let text = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(validatingCString: $0) }
            }
            guard let text, let name = try? UserName(text) else { continue }
            if user(name).hasIdentity { names.append(name) }
        }
        return names.sorted { $0.text < $1.text }
    }

    /// The named user's folder, or, where none is named, that of the only one there is. Throws
    /// ``IdentityError/Code/noIdentity`` or ``IdentityError/Code/severalIdentities``.
    public func select(_ name: UserName?) throws(IdentityError) -> UserFolder {
        if let name {
            let folder = user(name)
            guard folder.hasIdentity else {
                throw IdentityError(
                    .noIdentity,
                    "There is no identity for \(name) in \(path); "
                        + "make one with: p2pchat-keygen --user \(name)")
            }
            return folder
        }
        let names = try users()
        guard let only = names.first else {
            throw IdentityError(
                .noIdentity,
                "There is no identity in \(path); make one with: p2pchat-keygen --user NAME")
        }
        guard names.count == 1 else {
            let list = names.map(\.text).joined(separator: ", ")
            throw IdentityError(
                .severalIdentities,
                "There are several identities in \(path) (\(list)); name one with --user.")
        }
        return user(only)
    }
}
