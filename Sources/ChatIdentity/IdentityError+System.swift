#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What the system said no to, as an error with advice.
extension IdentityError {
    /// `path` could not be opened or read.
    package static func reading(_ path: String, errno number: Int32) -> IdentityError {
        switch number {
        case ENOENT:
            IdentityError(.missing, "\(path) does not exist; check the path.")
        case ENOTDIR:
            IdentityError(
                .unexpectedFile, "\(path) is not a folder or lies in none; check the path.")
        case EISDIR:
            IdentityError(.unexpectedFile, "\(path) is a folder; name a file.")
        case ELOOP:
            IdentityError(
                .unexpectedFile, "\(path) is a symbolic link; put the thing itself in its place.")
        case EACCES, EPERM:
            IdentityError(
                .noPermission, "\(path) can't be read (\(text(number))); check whose it is.")
        default:
            IdentityError(
                .inputOutput, "\(path) can't be read (\(text(number))); check the disk it is on.")
        }
    }

    /// `path` could not be made, written or renamed.
    package static func creating(_ path: String, errno number: Int32) -> IdentityError {
        switch number {
        case EACCES, EPERM, EROFS:
            IdentityError(
                .cannotCreate,
                "\(path) can't be written (\(text(number))); choose a folder that you may write to."
            )
        case EEXIST:
            IdentityError(.exists, "\(path) exists already; move it away first.")
        case ENOSPC, EDQUOT:
            IdentityError(
                .inputOutput, "\(path) can't be written (\(text(number))); make room and try again."
            )
        case EIO:
            IdentityError(
                .inputOutput, "\(path) can't be written (\(text(number))); check the disk it is on."
            )
        default:
            IdentityError(
                .cannotCreate, "\(path) can't be written (\(text(number))); choose another folder.")
        }
    }

    /// The system's words for an error number. glibc's and Darwin's `strerror` give constants for
    /// every number that the system itself returns.
    private static func text(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
