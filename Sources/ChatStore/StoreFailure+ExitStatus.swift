public import ChatCore

extension StoreFailure {
    /// The status that a program ends with when this error stops it, after BSD's sysexits.
    public var exitStatus: Int32 {
        switch code {
        case .damaged, .conflict: 65  // EX_DATAERR
        case .full: 74  // EX_IOERR
        case .locked: 75  // EX_TEMPFAIL
        case .readOnly, .unreadable, .wrongKey: 77  // EX_NOPERM
        case .newer: 78  // EX_CONFIG
        }
    }
}
