import P2PChat
import Testing

@testable import ChatDesktopModel

@Suite("Warnings about changed certificates")
struct CertificateWarningTests {
    private func refusal(_ shown: Fingerprint) -> Refusal {
        Refusal(
            reason: .changedCertificate, direction: .inbound, address: nil, fingerprint: shown,
            name: "bob",
            contact: Contact(name: "bob", fingerprint: bob, trust: .trusted, addedAt: noon),
            explanation: "Refused.")
    }

    @Test("The first blocks the conversation; the same again says nothing")
    func onceForEach() {
        var warnings = CertificateWarnings()
        #expect(warnings.note(refusal(.of(1))) == .block)
        #expect(warnings.blocked == [bob])
        #expect(warnings[bob]?.fingerprint == .of(1))
        #expect(warnings.note(refusal(.of(1))) == .quiet)
        warnings.answer(bob)
        #expect(warnings[bob] == nil)
        #expect(warnings.note(refusal(.of(1))) == .quiet)
        #expect(warnings.blocked.isEmpty)
    }

    @Test("Another certificate is news, and so is any for a contact added anew")
    func news() {
        var warnings = CertificateWarnings()
        _ = warnings.note(refusal(.of(1)))
        warnings.answer(bob)
        #expect(warnings.note(refusal(.of(2))) == .block)
        #expect(warnings[bob]?.fingerprint == .of(2))
        warnings.forget(bob)
        #expect(warnings[bob] == nil)
        #expect(warnings.note(refusal(.of(1))) == .block)
    }

    @Test("Certificates by the dozen block a few times and then no more")
    func bounded() {
        var warnings = CertificateWarnings()
        for byte in 0..<200 {
            let verdict = warnings.note(refusal(.of(UInt8(byte) &+ 12)))
            #expect(verdict == (byte < CertificateWarnings.blocksEach ? .block : .mention))
            warnings.answer(bob)
        }
        #expect(warnings.note(refusal(.of(199 &+ 12))) == .quiet)
        // So long ago that it is forgotten.
        #expect(warnings.note(refusal(.of(12))) == .mention)
    }
}
