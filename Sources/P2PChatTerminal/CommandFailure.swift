import P2PChat

/// Why a command ends: one sentence for standard error, and the status after BSD's sysexits.
struct CommandFailure: Error, CustomStringConvertible {
    enum Status: Int32 {
        case usage = 64
        case badData = 65
        case noInput = 66
        case noUser = 67
        case unavailable = 69
        case systemError = 71
        case cannotCreate = 73
        case inputOutput = 74
        case temporary = 75
        case `protocol` = 76
        case noPermission = 77
        case configuration = 78
    }

    let status: Int32
    let description: String

    init(_ status: Status, _ description: String) {
        self.status = status.rawValue
        self.description = description
    }

    /// Ended by a signal, with the status that a shell gives to what a signal has ended.
    init(interruptedBy signal: Int32, _ description: String) {
        status = 128 + signal
        self.description = description
    }

    init(_ failure: NodeFailure) {
        let status: Status =
            switch failure.code {
            case .unknownContact, .unknownRequest, .unknownMessage: .noUser
            case .ambiguousContact, .contactExists, .badName,
                .badAddress, .badFingerprint, .badCertificate, .badFile, .ourselves,
                .contentTooLong, .contentEmpty:
                .badData
            case .unreachable, .addressInUse, .cannotListen, .unconfirmed: .unavailable
            case .queueFull, .stopping: .temporary
            case .protocolError, .peerError: .protocol
            case .storage: .inputOutput
            case .insecureMode, .badCommand: .usage
            }
        self.init(status, failure.description)
    }

    init(_ error: IdentityError) {
        status = error.exitStatus
        description = SafeText.singleLine(error.description)
    }

    init(_ failure: StoreFailure) {
        status = failure.exitStatus
        description = SafeText.singleLine(failure.description)
    }

    init(_ failure: ControlFailure) {
        self.init(.temporary, failure.description)
    }

    /// Runs the body with its errors turned into these.
    static func wrapping<Value>(
        _ body: () async throws -> Value, isolation: isolated (any Actor)? = #isolation
    ) async throws(CommandFailure) -> Value {
        do {
            return try await body()
        } catch let failure as CommandFailure {
            throw failure
        } catch let failure as NodeFailure {
            throw CommandFailure(failure)
        } catch let error as IdentityError {
            throw CommandFailure(error)
        } catch let failure as StoreFailure {
            throw CommandFailure(failure)
        } catch let failure as ControlFailure {
            throw CommandFailure(failure)
        } catch {
            throw CommandFailure(.systemError, SafeText.singleLine("\(error)"))
        }
    }
}
