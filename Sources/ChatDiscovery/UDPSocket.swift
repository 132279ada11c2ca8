#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The few calls that NIO has no words for: sending over one interface, joining on another.
enum UDPSocket {
    static func make(_ family: Int32) -> Int32? {
        #if canImport(Darwin)
            let descriptor = socket(family, SOCK_DGRAM, 0)
            if descriptor >= 0 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            }
        #else
            let kind = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
            let descriptor = socket(family, Int32(kind), 0)
        #endif
        return descriptor >= 0 ? descriptor : nil
    }

    static func set(_ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Several programs on this machine may hear what comes to one port, those of other users too
    /// (socket(7): SO_REUSEADDR), and those that know only the other option.
    static func share(_ socket: Int32) {
        set(socket, SOL_SOCKET, SO_REUSEADDR, 1)
        set(socket, SOL_SOCKET, SO_REUSEPORT, 1)
    }

    /// To all addresses of this machine.
    static func bind(_ socket: Int32, _ family: Int32, port: UInt16) -> Bool {
        withAddress(zeros(family == AF_INET ? 4 : 16), port: port, scope: 0) {
            platformBind(socket, $0, $1) == 0
        }
    }

    /// Without waiting: what the system can't take now is lost.
    static func send(
        _ bytes: [UInt8], _ socket: Int32, to address: [UInt8], port: UInt16, scope: UInt32
    ) -> Bool {
        withAddress(address, port: port, scope: scope) {
            sendto(socket, bytes, bytes.count, 0, $0, $1) == bytes.count
        }
    }

    private static func withAddress<Result>(
        _ address: [UInt8], port: UInt16, scope: UInt32,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let family = address.count == 4 ? AF_INET : AF_INET6
        let count = address.count == 4 ? 16 : 28
        return withUnsafeMutableBytes(of: &storage) { bytes in
            #if canImport(Darwin)
                bytes[0] = UInt8(count)
                bytes[1] = UInt8(family)
            #else
                bytes.storeBytes(of: UInt16(family), as: UInt16.self)
            #endif
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            // After IPv6's flow information (RFC 3493, section 3.3).
            for (index, byte) in address.enumerated() {
                bytes[(address.count == 4 ? 4 : 8) + index] = byte
            }
            if address.count == 16 {
                bytes.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
            }
            return bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                // Not empty: a sockaddr_storage holds eight of them.
                guard let start = pointer.baseAddress else {
                    preconditionFailure("a value has an address")
                }
                return body(start, socklen_t(count))
            }
        }
    }
}

private func platformBind(
    _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t
) -> Int32 {
    bind(socket, address, length)
}
