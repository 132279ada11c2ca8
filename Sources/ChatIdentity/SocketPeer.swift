#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    package import Darwin
#endif

/// Who is at the other end of a Unix domain socket, by the kernel's word.
package enum SocketPeer {
    #if canImport(Darwin)
        package typealias Credentials = xucred
        package static let level: Int32 = 0  // SOL_LOCAL
        package static let option = LOCAL_PEERCRED
    #else
        /// The kernel's `struct ucred`, which Swift does not see.
        package struct Credentials: Sendable {
            var process: Int32 = 0
            var user: UInt32 = 0
            var group: UInt32 = 0
        }
        package static let level = SOL_SOCKET
        package static let option = SO_PEERCRED
    #endif

    /// The user of a process that connected or listens.
    package static func user(in credentials: Credentials) -> UInt32 {
        #if canImport(Darwin)
            credentials.cr_uid
        #else
            credentials.user
        #endif
    }

    /// Ourselves, as others see us.
    package static var ownUser: UInt32 { geteuid() }

    /// Nil where the kernel does not say.
    static func user(of descriptor: Int32) -> UInt32? {
        var credentials = Credentials()
        var length = socklen_t(MemoryLayout<Credentials>.size)
        guard getsockopt(descriptor, level, option, &credentials, &length) == 0,
            length == MemoryLayout<Credentials>.size
        else { return nil }
        return user(in: credentials)
    }
}
