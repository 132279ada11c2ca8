import NIOCore
import Testing

@testable import ChatTransport

@Suite struct ConnectionTableTests {
    private final class Connection {}

    /// The table, as a reference: expectations can't hold calls that change a value.
    private final class Bench {
        private var table: ConnectionTable<Connection>

        init(unfinished: Int = 4, perAddress: Int = 2, sessions: Int = 3) {
            var limits = TransportConfiguration.Limits()
            limits.unfinished = unfinished
            limits.unfinishedPerAddress = perAddress
            limits.sessions = sessions
            table = ConnectionTable(limits: limits)
        }

        var isEmpty: Bool { table.isEmpty }
        var count: Int { table.count }
        var unfinishedCount: Int { table.unfinishedCount }
        func holds(_ connection: Connection) -> Bool {
            table.connections.contains { $0 === connection }
        }
        func admit(_ connection: Connection, from host: String) throws -> Connection? {
            table.admit(
                connection, from: SourcePrefix(try SocketAddress(ipAddress: host, port: 1)))
        }
        func track(_ connection: Connection) { table.track(connection) }
        func authenticated(_ connection: Connection) { table.authenticated(connection) }
        func establish(_ connection: Connection) -> Bool { table.establish(connection) }
        func remove(_ connection: Connection) { table.remove(connection) }
    }

    private static func source(_ host: String) throws -> SourcePrefix {
        SourcePrefix(try SocketAddress(ipAddress: host, port: 1))
    }

    @Test func theOldestOfAnAddressMakesRoomForItsNext() throws {
        let table = Bench()
        let here = "192.0.2.1"
        let connections = (0..<4).map { _ in Connection() }
        #expect(try table.admit(connections[0], from: here) == nil)
        #expect(try table.admit(connections[1], from: here) == nil)
        #expect(try table.admit(connections[2], from: here) === connections[0])
        #expect(try table.admit(connections[3], from: here) === connections[1])
        #expect(table.unfinishedCount == 2)
        #expect(table.count == 2)
    }

    @Test func aFloodFromOneAddressDisplacesNobodyElse() throws {
        let table = Bench()
        let contact = Connection()
        #expect(try table.admit(contact, from: "198.51.100.7") == nil)
        let flood = "192.0.2.1"
        for number in 0..<100 {
            let displaced = try table.admit(Connection(), from: flood)
            #expect((displaced != nil) == (number >= 2))
            #expect(displaced !== contact)
        }
        #expect(table.holds(contact))
    }

    @Test func theOldestOfAllMakesRoomWhenAllAreTooMany() throws {
        let table = Bench()
        let connections = (0..<6).map { _ in Connection() }
        for (number, connection) in connections.enumerated() {
            let displaced = try table.admit(connection, from: "192.0.2.\(number)")
            #expect(displaced === (number < 4 ? nil : connections[number - 4]))
        }
        #expect(table.unfinishedCount == 4)
    }

    @Test func strangersGoBeforeThoseWithAContactsCertificate() throws {
        let table = Bench()
        let here = "192.0.2.1"
        let (contact, stranger, next, last) = (
            Connection(), Connection(), Connection(), Connection()
        )
        #expect(try table.admit(contact, from: here) == nil)
        table.authenticated(contact)
        #expect(try table.admit(stranger, from: here) == nil)
        #expect(try table.admit(next, from: here) === stranger)
        // Where all have shown one, they displace each other.
        table.authenticated(next)
        #expect(try table.admit(last, from: here) === contact)
    }

    @Test func sessionsAndDialsAreNobodysFlood() throws {
        let table = Bench()
        let here = "192.0.2.1"
        let sessions = (0..<3).map { _ in Connection() }
        for session in sessions {
            #expect(try table.admit(session, from: here) == nil)
            #expect(table.establish(session))
        }
        let dial = Connection()
        table.track(dial)
        for _ in 0..<20 { _ = try table.admit(Connection(), from: here) }
        #expect(table.holds(dial))
        for session in sessions { #expect(table.holds(session)) }
        #expect(table.unfinishedCount == 2)
    }

    @Test func sessionsHaveABound() throws {
        let table = Bench(sessions: 1)
        let (first, second) = (Connection(), Connection())
        table.track(first)
        table.track(second)
        #expect(table.establish(first))
        #expect(!table.establish(second))
        table.remove(first)
        #expect(table.establish(second))
    }

    @Test func whatIsNotInTheTableIsNoSession() throws {
        let table = Bench(perAddress: 1)
        let here = "192.0.2.1"
        let displaced = Connection()
        _ = try table.admit(displaced, from: here)
        #expect(try table.admit(Connection(), from: here) === displaced)
        #expect(!table.establish(displaced))
        #expect(!table.establish(Connection()))
    }

    @Test func nothingStaysBehind() throws {
        let table = Bench()
        let here = "192.0.2.1"
        let (one, two, three) = (Connection(), Connection(), Connection())
        _ = try table.admit(one, from: here)
        _ = try table.admit(two, from: here)
        table.track(three)
        #expect(table.establish(two))
        for connection in [one, two, three, one] { table.remove(connection) }
        #expect(table.isEmpty)
        #expect(table.unfinishedCount == 0)
        // And the removed ones are not counted: there is room again.
        #expect(try table.admit(Connection(), from: here) == nil)
        #expect(try table.admit(Connection(), from: here) == nil)
    }

    @Test(arguments: [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("::", "0.0.0.0", false),
    ])
    func anIPv6PrefixCountsAsOne(_ one: String, _ other: String, _ same: Bool) throws {
        #expect((try Self.source(one) == Self.source(other)) == same)
    }
}
