/// Keeps one port of ours open on the router: asks each method in turn, renews half-way through
/// the lifetime as RFC 6886, 3.3 says, and withdraws the mapping at the end.
package struct PortMapper: Sendable {
    /// Seconds. Long enough that renewing costs nothing, short enough that a router forgets a
    /// program that was killed (RFC 6886, 3.3 recommends two hours).
    package static let lifetime = 7_200
    /// Seconds until a router that did not answer, or refused, is asked again.
    static let pause = 900
    /// A mapping that never ends is asked for again after this many seconds, since a router that
    /// was restarted has lost it.
    static let look = 3_600

    private let methods: [any PortMappingMethod]
    private let sleep: @Sendable (_ seconds: Int) async throws -> Void

    /// - Parameters:
    ///   - methods: the one to be tried first comes first.
    ///   - sleep: returns after the time, at once where the network has changed; throws where the
    ///     task is cancelled.
    package init(
        methods: [any PortMappingMethod],
        sleep: @escaping @Sendable (_ seconds: Int) async throws -> Void
    ) {
        self.methods = methods
        self.sleep = sleep
    }

    /// Goes on until the task is cancelled.
    ///
    /// - Parameter report: each change of what there is: a mapping, or why there is none.
    package func run(
        for port: Int,
        report: @Sendable (Result<PortMapping, PortMappingFailure>) async -> Void
    ) async {
        var held: (mapping: PortMapping, method: any PortMappingMethod)?
        var last: Result<PortMapping, PortMappingFailure>?
        while !Task.isCancelled {
            let found = await map(port, held: held)
            switch found {
            case .success(let success):
                held = success
                let result: Result<PortMapping, PortMappingFailure> = .success(success.mapping)
                if result != last { await report(result) }
                last = result
            case .failure(let failure):
                held = nil
                if last != .failure(failure) { await report(.failure(failure)) }
                last = .failure(failure)
            }
            do { try await sleep(Self.seconds(until: held?.mapping)) } catch { break }
        }
        guard let held else { return }
        // In a task of its own: this one is cancelled, and the goodbye is to be said all the same.
        await Task { await held.method.withdraw(held.mapping, of: port) }.value
    }

    private static func seconds(until held: PortMapping?) -> Int {
        guard let held else { return pause }
        return held.lifetime.map { max($0 / 2, 30) } ?? look
    }

    /// The method that has worked is asked first, for the port that it gave.
    private func map(
        _ port: Int, held: (mapping: PortMapping, method: any PortMappingMethod)?
    ) async -> Result<(mapping: PortMapping, method: any PortMappingMethod), PortMappingFailure> {
        if let held {
            let again = try? await held.method.map(
                port, to: held.mapping.externalPort, lifetime: Self.lifetime)
            if let again { return .success((again, held.method)) }
        }
        var failure = PortMappingFailure.noNetwork
        for method in methods where !Task.isCancelled {
            do throws(PortMappingFailure) {
                return .success(
                    (try await method.map(port, to: port, lifetime: Self.lifetime), method))
            } catch {
                // A refusal says more than silence, and silence more than no network.
                if error == .refused || failure == .noNetwork { failure = error }
            }
        }
        return .failure(failure)
    }
}
