public import ChatValues

extension RendezvousSecret {
    /// Tells whether two sides have the same secret without telling what it is: the first 8 bytes of
    /// HKDF-SHA256 with the info `p2pchat rendezvous name 1`, in hexadecimal.
    public func name() throws(SealingError) -> String {
        let bytes = try KeyedHash.derive(
            from: bytes, info: Array("p2pchat rendezvous name 1".utf8), count: 8)
        return bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
