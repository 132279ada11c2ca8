import ChatCore
import ChatValues
import NIOCore
import NIOEmbedded
import Testing

@testable import ChatTransport

/// In virtual time, with the longest pauses that chance can give.
@Suite struct ReconnectorTests {
    private final class Bench {
        let loop = EmbeddedEventLoop()
        private(set) var dials: [Dial] = []
        private(set) lazy var reconnector = Reconnector(
            loop: loop, limits: Backoff.Limits(), generator: GreatestGenerator()
        ) { [unowned self] dial in dials.append(dial) }

        /// Where has been dialled since the last time.
        func takeHosts() -> [String] {
            defer { taken = dials.count }
            return dials[taken...].map(\.address.host)
        }
        private var taken = 0

        func fail(refused: Bool = false) throws {
            reconnector.failed(try #require(dials.last), refused: refused)
        }
        func pass(_ time: TimeAmount) { loop.advanceTime(by: time) }
    }

    private static func addresses(_ hosts: String...) -> [PeerAddress] {
        hosts.map { PeerAddress(host: $0, port: 5_555) }
    }

    private let bench = Bench()
    private let bob: Fingerprint

    init() throws { bob = try #require(Fingerprint(bytes: [UInt8](repeating: 1, count: 32))) }

    @Test func addressesAreTriedInTurnAndThenComesAPause() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a", "b", "c"))
        #expect(bench.takeHosts() == ["a"])
        try bench.fail()
        try bench.fail()
        #expect(bench.takeHosts() == ["b", "c"])
        try bench.fail()
        bench.pass(.milliseconds(999))
        #expect(bench.takeHosts() == [])
        bench.pass(.milliseconds(1))
        #expect(bench.takeHosts() == ["a"])
        #expect(bench.dials.allSatisfy { $0.expected == bob })
    }

    @Test func pausesDoubleUpToFiveMinutes() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] as [Int64] {
            #expect(bench.takeHosts() == ["a"])
            try bench.fail()
            bench.pass(.seconds(seconds) - .nanoseconds(1))
            #expect(bench.takeHosts() == [])
            bench.pass(.nanoseconds(1))
        }
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func whoHasYetToAcceptUsIsAskedOftenForAWhile() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        for seconds in [1, 2, 4, 8] + [Int64](repeating: 10, count: 26) + [300, 300] {
            #expect(bench.takeHosts() == ["a"])
            try bench.fail(refused: true)
            bench.pass(.seconds(seconds) - .nanoseconds(1))
            #expect(bench.takeHosts() == [], "a pause of \(seconds) s")
            bench.pass(.nanoseconds(1))
        }
    }

    @Test func askedAgainItTriesAtOnce() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        try bench.fail()
        _ = bench.takeHosts()
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        #expect(bench.takeHosts() == ["a"])
        // The pause that was cut short is not held as well, and the next one is longer.
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == [])
        try bench.fail()
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == [])
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func askedForWhatIsOnItsWayItDoesNotPauseForLong() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256] as [Int64] {
            try bench.fail()
            bench.pass(.seconds(seconds))
        }
        _ = bench.takeHosts()
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        try bench.fail()
        bench.pass(.seconds(1) - .nanoseconds(1))
        #expect(bench.takeHosts() == [])
        bench.pass(.nanoseconds(1))
        #expect(bench.takeHosts() == ["a"])
        // Once: nobody has asked since.
        try bench.fail()
        bench.pass(.seconds(300) - .nanoseconds(1))
        #expect(bench.takeHosts() == [])
        bench.pass(.nanoseconds(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func whatIsOnItsWayIsNotDialledTwice() throws {
        for _ in 0..<100 {
            bench.reconnector.keepReaching(bob, at: Self.addresses("a", "b"))
        }
        #expect(bench.takeHosts() == ["a"])
        try bench.fail()
        #expect(bench.takeHosts() == ["b"])
        // While b is silent, a is tried again at each request, and b is not.
        bench.reconnector.keepReaching(bob, at: Self.addresses("a", "b"))
        #expect(bench.takeHosts() == ["a"])
        try bench.fail()
        #expect(bench.takeHosts() == [])
        bench.reconnector.failed(bench.dials[1])
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func anotherAddressIsTriedAtOnceWhileOneIsSilent() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("silent"))
        bench.reconnector.keepReaching(bob, at: Self.addresses("new", "silent"))
        #expect(bench.takeHosts() == ["silent", "new"])
    }

    @Test func aDialOfAnEarlierRoundChangesNothing() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        try bench.fail()
        try bench.fail()
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a", "a"])
        bench.reconnector.failed(bench.dials[0])
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == [])
    }

    @Test func stoppedItDialsNoMore() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        bench.reconnector.stopReaching(bob)
        try bench.fail()
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == ["a"])
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        try bench.fail()
        bench.reconnector.stopReaching(bob)
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func noAddressesIsNothingToReach() throws {
        bench.reconnector.keepReaching(bob, at: [])
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        try bench.fail()
        bench.reconnector.keepReaching(bob, at: [])
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func aSessionThatStoodResetsThePauses() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        for _ in 0..<6 {
            try bench.fail()
            bench.pass(.minutes(5))
        }
        bench.reconnector.opened(bob)
        bench.pass(.minutes(1))
        _ = bench.takeHosts()
        bench.reconnector.reachAgain(bob, at: Self.addresses("a"))
        #expect(bench.takeHosts() == [])
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a"])
        try bench.fail()
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a"])
    }

    /// A peer that lets us in only to close.
    @Test func sessionsThatEndAtOnceAreFollowedByGrowingPauses() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        #expect(bench.takeHosts() == ["a"])
        for seconds in [1, 2, 4, 8] as [Int64] {
            bench.reconnector.opened(bob)
            bench.reconnector.stopReaching(bob)
            bench.reconnector.reachAgain(bob, at: Self.addresses("a"))
            bench.pass(.seconds(seconds) - .nanoseconds(1))
            #expect(bench.takeHosts() == [])
            bench.pass(.nanoseconds(1))
            #expect(bench.takeHosts() == ["a"])
        }
        // Who asks by hand does not wait.
        bench.reconnector.opened(bob)
        bench.reconnector.reachAgain(bob, at: Self.addresses("a"))
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        #expect(bench.takeHosts() == ["a"])
        // Nor does one who calls again after a session that stood.
        bench.reconnector.opened(bob)
        bench.pass(.minutes(1))
        bench.reconnector.reachAgain(bob, at: Self.addresses("a"))
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["a"])
    }

    @Test func whoIsBeingReachedIsNotReachedTwice() throws {
        bench.reconnector.keepReaching(bob, at: Self.addresses("a"))
        bench.reconnector.reachAgain(bob, at: Self.addresses("b"))
        #expect(bench.takeHosts() == ["a"])
        try bench.fail()
        bench.pass(.seconds(1))
        #expect(bench.takeHosts() == ["b"])
        bench.reconnector.reachAgain(bob, at: [])
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == [])
    }

    @Test func contactsDoNotWaitForEachOther() throws {
        let carol = try #require(Fingerprint(bytes: [UInt8](repeating: 2, count: 32)))
        bench.reconnector.keepReaching(bob, at: Self.addresses("bob"))
        try bench.fail()
        bench.reconnector.keepReaching(carol, at: Self.addresses("carol"))
        #expect(bench.takeHosts() == ["bob", "carol"])
        bench.reconnector.stopAll()
        bench.pass(.hours(1))
        #expect(bench.takeHosts() == [])
    }
}
