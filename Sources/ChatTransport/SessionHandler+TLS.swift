import ChatCore
import ChatTLS

extension SessionHandler {
    /// A TLS failure before there was a session, in the node's words.
    func handshakeFailed(_ failure: TLSFailure) {
        switch failure {
        case .unpinned(let certificate):
            fail(.unknownCertificate, certificate: certificate)
        case .wrongKeyType(let certificate):
            fail(
                .handshakeFailed, certificate: certificate, detail: "its key is of a kind not taken"
            )
        case .keyNotProven(let certificate):
            fail(
                .handshakeFailed, certificate: certificate,
                detail: "it does not hold the certificate's key")
        case .noCertificate: fail(Refusal.Reason.noCertificate)
        case .clientCertificateNotRequested: fail(.notAsked)
        case .refusedByPeer(let alert): fail(.refusedByPeer, detail: "\(alert)")
        case .noCommonProtocol: fail(.protocolMismatch, detail: "another application protocol")
        case .protocolVersion: fail(.protocolMismatch, detail: "another version of TLS")
        case .notTLS: fail(Refusal.Reason.notTLS)
        case .closedInHandshake, .truncated: fail(.closed)
        case .peerAlert(let alert): fail(.handshakeFailed, detail: "\(alert)")
        case .protocolViolation(let reason), .library(let reason):
            fail(.handshakeFailed, detail: reason)
        }
    }

    /// Why a session ended, in a few words.
    func reason(for failure: TLSFailure) -> String {
        switch failure {
        case .truncated: "the connection broke off"
        case .refusedByPeer: "your certificate is not accepted there"
        case .peerAlert(let alert): "the other side ended it (\(alert))"
        case .protocolViolation(let reason): "the other side broke the rules of TLS (\(reason))"
        case .library(let reason): "OpenSSL failed on this side (\(reason))"
        case .unpinned, .wrongKeyType, .keyNotProven, .noCertificate,
            .clientCertificateNotRequested, .noCommonProtocol, .protocolVersion, .notTLS,
            .closedInHandshake:
            // A handshake's failures; a session is past its handshake.
            "TLS failed"
        }
    }
}
