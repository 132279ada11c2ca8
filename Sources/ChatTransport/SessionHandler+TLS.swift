import ChatCore
import ChatTLS

extension SessionHandler {
    /// A TLS failure before there was a session, in the node's words.
    func fail(_ failure: TLSFailure) {
        switch failure {
        case .unpinned(let certificate):
            fail(.unknownCertificate, certificate: certificate)
        case .wrongKeyType(let certificate):
            fail(.handshakeFailed, certificate: certificate, detail: "its key is of a kind not taken")
        case .keyNotProven(let certificate):
            fail(
                .handshakeFailed, certificate: certificate,
                detail: "it does not hold the certificate's key")
        case .noCertificate: fail(.noCertificate)
        case .clientCertificateNotRequested: fail(.notAsked)
        case .refusedByPeer(let alert): fail(.refusedByPeer, detail: "\(alert)")
        case .noCommonProtocol: fail(.protocolMismatch, detail: "another application protocol")
        case .protocolVersion: fail(.protocolMismatch, detail: "another version of TLS")
        case .notTLS: fail(.notTLS)
        case .closedInHandshake, .truncated: fail(.closed)
        case .peerAlert(let alert): fail(.handshakeFailed, detail: "\(alert)")
        case .protocolViolation(let reason), .library(let reason):
            fail(.handshakeFailed, detail: reason)
        }
    }
}
