import ChatCore

extension NodeEvent {
    /// The reference of the intent that it tells of.
    var reference: String? {
        switch self {
        case .queued(let status), .sent(let status), .delivered(let status), .read(let status):
            status.reference
        case .failure(let failure): failure.reference
        default: nil
        }
    }

    /// The same event with another reference, where it has one.
    func with(reference: String?) -> NodeEvent {
        switch self {
        case .queued(let status): .queued(status.with(reference: reference))
        case .sent(let status): .sent(status.with(reference: reference))
        case .delivered(let status): .delivered(status.with(reference: reference))
        case .read(let status): .read(status.with(reference: reference))
        case .failure(var failure):
            {
                failure.reference = reference
                return .failure(failure)
            }()
        default: self
        }
    }
}

extension OutgoingStatus {
    fileprivate func with(reference: String?) -> OutgoingStatus {
        var status = self
        status.reference = reference
        return status
    }
}
