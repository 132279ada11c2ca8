import ChatTLS
import ChatValues
import Testing

@Suite struct FailureTests {
    private static let presented: PresentedCertificate = {
        let zero = Fingerprint(String(repeating: "0", count: 64))
        return PresentedCertificate(
            fingerprint: zero ?? { preconditionFailure("64 digits are a fingerprint") }(),
            commonName: "\u{1B}[2Jmallory.\nAll is well.", keyType: nil)
    }()

    private static let all: [TLSFailure] = [
        .unpinned(presented), .wrongKeyType(presented), .keyNotProven(presented), .noCertificate,
        .clientCertificateNotRequested, .refusedByPeer(TLSAlert(code: 48)),
        .peerAlert(TLSAlert(code: 40)), .noCommonProtocol, .protocolVersion, .notTLS,
        .closedInHandshake, .truncated, .protocolViolation("bad record mac"),
        .library("no memory"),
    ]

    /// The name in a certificate is whatever its maker wrote into it.
    @Test(arguments: all)
    func aDescriptionIsOneSentenceOfOurs(failure: TLSFailure) {
        let text = failure.description
        #expect(!text.contains("mallory") && !text.contains("\n") && !text.contains("\u{1B}"))
        #expect(text.hasSuffix("."))
        #expect(text.replacing("1.3", with: "").filter { $0 == "." }.count == 1)
        #expect(text.first?.isUppercase == true)
    }

    @Test(arguments: [42, 43, 44, 45, 46, 48, 49, 116] as [UInt8])
    func theseAlertsSayNoToOurCertificate(code: UInt8) {
        #expect(TLSAlert(code: code).refusesCertificate)
    }

    @Test(arguments: [0, 10, 20, 22, 40, 47, 50, 51, 70, 80, 120, 200] as [UInt8])
    func theseAlertsSayOtherThings(code: UInt8) {
        #expect(!TLSAlert(code: code).refusesCertificate)
    }

    @Test func alertsHaveTheNamesOfTheStandard() {
        #expect(TLSAlert(code: 48).name == "unknown_ca")
        #expect(TLSAlert(code: 116).name == "certificate_required")
        #expect(TLSAlert(code: 200).name == "alert 200")
    }
}
