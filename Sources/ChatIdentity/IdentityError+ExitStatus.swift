extension IdentityError {
    /// The status that a program ends with when this error stops it, after BSD's sysexits.
    public var exitStatus: Int32 {
        switch code {
        case .severalIdentities, .noTerminal, .passphraseNeeded: 64  // EX_USAGE
        case .notACertificate, .notAPrivateKey, .unsupportedKeyType, .keyMismatch, .badName,
            .wrongPassphrase, .badPassphrase, .passphraseMismatch, .badBackup:
            65  // EX_DATAERR
        case .noIdentity, .missing, .unexpectedFile, .cancelled: 66  // EX_NOINPUT
        case .library: 70  // EX_SOFTWARE
        case .exists, .cannotCreate: 73  // EX_CANTCREAT
        case .inputOutput: 74  // EX_IOERR
        case .inUse: 75  // EX_TEMPFAIL
        case .loosePermissions, .foreignOwner, .noPermission: 77  // EX_NOPERM
        case .newerBackup: 78  // EX_CONFIG
        }
    }
}
