#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The host that we listen at, and addresses as bytes in network order.
enum Host {
    /// All addresses of this machine; `::` takes IPv4 as well.
    case all
    case allIPv4
    case one([UInt8])
    /// A name, whatever it stands for.
    case unknown

    init(_ text: String) {
        let bytes = Self.bytes(String(text.prefix { $0 != "%" }))
        switch bytes {
        case nil: self = .unknown
        case let bytes? where bytes.allSatisfy { $0 == 0 }:
            self = bytes.count == 4 ? .allIPv4 : .all
        case let bytes?: self = .one(bytes)
        }
    }

    /// Whether who comes to this address of ours is heard.
    func includes(_ address: [UInt8]) -> Bool {
        switch self {
        case .all: true
        case .allIPv4: address.count == 4
        case .one(let own): own == address
        case .unknown: false
        }
    }

    /// Whether nobody but this machine can reach us there.
    var isLoopback: Bool {
        if case .one(let own) = self { Self.isLoopback(own) } else { false }
    }

    static func bytes(_ text: String) -> [UInt8]? {
        var v4 = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &v4) == 1 { return v4 }
        var v6 = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &v6) == 1 ? v6 : nil
    }

    static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func isLinkLocal(_ bytes: [UInt8]) -> Bool {
        bytes.count == 16 && bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    static func isLoopback(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 }
    }
}
