internal import COpenSSL

/// A growing memory BIO, freed and wiped at the end of `body`. Hands out what was written to it.
func writingToMemoryBIO<R>(
    _ write: (OpaquePointer) -> Bool, _ take: (UnsafeRawBufferPointer) -> R
) -> R? {
    guard let bio = BIO_new(BIO_s_mem()) else { return nil }
    // OpenSSL wipes a memory BIO's buffer when it frees it.
    defer { BIO_free(bio) }
    guard write(bio) else { return nil }
    var start: UnsafeMutablePointer<CChar>?
    let count = COpenSSL_BIO_get_mem_data(bio, &start)
    guard let start, count >= 0 else { return nil }
    return take(UnsafeRawBufferPointer(start: start, count: count))
}

/// A BIO that reads from `bytes`, freed at the end of `body`.
func readingFromMemoryBIO<R>(
    _ bytes: UnsafeRawBufferPointer, _ body: (OpaquePointer) -> R?
) -> R? {
    guard let length = Int32(exactly: bytes.count), length > 0,
        let bio = BIO_new_mem_buf(bytes.baseAddress, length)
    else { return nil }
    defer { BIO_free(bio) }
    return body(bio)
}
