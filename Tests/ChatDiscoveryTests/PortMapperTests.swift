import Synchronization
import Testing

@testable import ChatDiscovery

/// A router of which the test decides what it says.
private final class Router: PortMappingMethod {
    struct State {
        var answers: [Result<PortMapping, PortMappingFailure>]
        var asked: [Int] = []
        var withdrawn: [PortMapping] = []
    }

    let state: Mutex<State>

    init(_ answers: Result<PortMapping, PortMappingFailure>...) {
        state = Mutex(State(answers: answers))
    }

    func map(
        _ port: Int, to external: Int, lifetime: Int
    ) async throws(PortMappingFailure) -> PortMapping {
        let answer = state.withLock { state in
            state.asked.append(external)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
        }
        return try answer.get()
    }

    func withdraw(_ mapping: PortMapping, of port: Int) async {
        state.withLock { $0.withdrawn.append(mapping) }
    }
}

struct PortMapperTests {
    private typealias Report = Result<PortMapping, PortMappingFailure>

    private static func mapping(_ port: Int, lifetime: Int? = 7_200) -> PortMapping {
        PortMapping(
            method: .natPMP, externalHost: "198.51.100.7", externalPort: port, lifetime: lifetime)
    }

    /// Runs the mapper through so many sleeps.
    private static func run(
        _ methods: [any PortMappingMethod], sleeps: Int
    ) async -> (reports: [Report], slept: [Int]) {
        let slept = Mutex<[Int]>([])
        let reports = Mutex<[Report]>([])
        let mapper = PortMapper(methods: methods) { seconds in
            let count = slept.withLock { slept in
                slept.append(seconds)
                return slept.count
            }
            if count == sleeps { throw CancellationError() }
        }
        await mapper.run(for: 5_555) { report in reports.withLock { $0.append(report) } }
        return (reports.withLock { $0 }, slept.withLock { $0 })
    }

    @Test func aMappingIsToldOnceAndRenewedHalfWay() async {
        let router = Router(.success(Self.mapping(5_555)))
        let (reports, slept) = await Self.run([router], sleeps: 3)
        #expect(reports == [.success(Self.mapping(5_555))])
        #expect(slept == [3_600, 3_600, 3_600])
    }

    @Test func theEndWithdrawsIt() async {
        let router = Router(.success(Self.mapping(5_556)))
        _ = await Self.run([router], sleeps: 1)
        #expect(router.state.withLock { $0.withdrawn } == [Self.mapping(5_556)])
    }

    @Test func renewingAsksForThePortThatWasGiven() async {
        let router = Router(.success(Self.mapping(6_001)))
        _ = await Self.run([router], sleeps: 2)
        #expect(router.state.withLock { $0.asked } == [5_555, 6_001])
    }

    @Test func theNextMethodIsTriedAndStaysTheFirst() async {
        let silent = Router(.failure(.noRouter))
        let router = Router(.success(Self.mapping(5_555)))
        let (reports, _) = await Self.run([silent, router], sleeps: 2)
        #expect(reports == [.success(Self.mapping(5_555))])
        #expect(silent.state.withLock { $0.asked }.count == 1)
        #expect(router.state.withLock { $0.asked }.count == 2)
    }

    @Test func aRefusalSaysMoreThanSilence() async {
        let (reports, slept) = await Self.run(
            [Router(.failure(.refused)), Router(.failure(.noRouter))], sleeps: 2)
        #expect(reports == [.failure(.refused)])
        #expect(slept == [PortMapper.pause, PortMapper.pause])
    }

    @Test func aMappingThatIsLostIsToldAndNotWithdrawn() async {
        let router = Router(.success(Self.mapping(5_555)), .failure(.noRouter))
        let (reports, _) = await Self.run([router], sleeps: 2)
        #expect(reports == [.success(Self.mapping(5_555)), .failure(.noRouter)])
        #expect(router.state.withLock { $0.withdrawn }.isEmpty)
    }

    @Test func aMappingForGoodIsLookedAfterAllTheSame() async {
        let router = Router(.success(Self.mapping(5_555, lifetime: nil)))
        let (_, slept) = await Self.run([router], sleeps: 2)
        #expect(slept == [PortMapper.look, PortMapper.look])
    }

    @Test func aLifetimeOfSecondsDoesNotMakeALoop() async {
        let router = Router(.success(Self.mapping(5_555, lifetime: 1)))
        let (_, slept) = await Self.run([router], sleeps: 2)
        #expect(slept == [30, 30])
    }
}
