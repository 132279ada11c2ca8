internal import COpenSSL

/// The OpenSSL that this program runs with.
public enum TLSLibrary {
    /// Such as `OpenSSL 3.0.15 3 Sep 2024`.
    public static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

    /// Of the groups that we would like for the key agreement, those it has, best first.
    public static var groups: [String] {
        guard let context = SSL_CTX_new(TLS_method()) else { return [] }
        defer {
            SSL_CTX_free(context)
            ERR_clear_error()
        }
        return ["X25519MLKEM768", "X25519", "P-256"].filter {
            COpenSSL_SSL_CTX_set1_groups_list(context, $0) == 1
        }
    }
}
