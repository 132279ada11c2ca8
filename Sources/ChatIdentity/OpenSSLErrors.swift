internal import COpenSSL

/// OpenSSL's error queue. There is one for each thread, and it keeps what nobody took: clear it
/// before a call whose failure is to be explained, and take it right after, on the same thread.
enum OpenSSLErrors {
    static func clear() { ERR_clear_error() }

    /// The reason of the first error in the queue, which is the one nearest to the cause, in
    /// OpenSSL's words. Leaves the queue empty.
    static func takeReason() -> String {
        let first = ERR_get_error()
        ERR_clear_error()
        guard first != 0 else { return "no reason given" }
        guard let reason = ERR_reason_error_string(first) else { return "error \(first)" }
        return String(cString: reason)
    }

    /// The error for a call that fails only where OpenSSL itself is in trouble.
    static func failure(_ doing: String) -> IdentityError {
        IdentityError(
            .library,
            "OpenSSL failed while \(doing) (\(takeReason())); check the OpenSSL installation and try again."
        )
    }
}
