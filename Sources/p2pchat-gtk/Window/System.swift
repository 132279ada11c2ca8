#if Desktop
import Glibc
import P2PChat

enum Clock {
    /// Seconds since 1970.
    @Sendable static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}

enum LoginName {
    /// What the user is called on this machine, where that can be a user name here.
    static var current: UserName? {
        for variable in ["LOGNAME", "USER"] {
            guard let value = getenv(variable), let name = try? UserName(String(cString: value))
            else { continue }
            return name
        }
        return nil
    }
}

enum LocalAddress {
    /// The address of this machine in its network, as others there would reach it; nil where
    /// there is only the machine itself.
    static var likely: String? {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return nil }
        defer { freeifaddrs(first) }
        var next = first
        while let interface = next?.pointee {
            next = interface.ifa_next
            let isUp = interface.ifa_flags & UInt32(IFF_UP) != 0
            let isLoopback = interface.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            guard isUp, !isLoopback, let address = interface.ifa_addr,
                Int32(address.pointee.sa_family) == AF_INET
            else { continue }
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                address, socklen_t(MemoryLayout<sockaddr_in>.size), &name, socklen_t(name.count),
                nil, 0, NI_NUMERICHOST)
            if status == 0 {
                return String(decoding: name.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
            }
        }
        return nil
    }
}

extension Logger {
    /// The window says what there is to say in the window.
    static var silent: Logger { Logger(label: "p2pchat-gtk") { _ in SwiftLogNoOpLogHandler() } }
}
#endif
