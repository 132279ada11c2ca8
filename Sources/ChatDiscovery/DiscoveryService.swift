public import ChatCore
import Synchronization

/// All sources together: hands what they find to the node, and tells them what the node knows and
/// when the network changes.
public final class DiscoveryService: Discovery {
    private let sources: [any AddressSource]
    private let monitor: NetworkMonitor
    private let tasks = Mutex<[Task<Void, Never>]>([])

    public init(sources: [any AddressSource], monitor: NetworkMonitor) {
        self.sources = sources
        self.monitor = monitor
    }

    public func start(for node: Node) async {
        for source in sources {
            await source.start()
            let findings = source.findings
            run { [weak node] in
                for await finding in findings { await node?.take(finding) }
            }
        }
        let changes = monitor.changes
        monitor.start()
        run { [weak node, sources] in
            for await interfaces in changes {
                for source in sources { source.networkChanged(interfaces) }
                await node?.networkChanged(hosts: interfaces.flatMap(\.hosts))
            }
        }
    }

    private func run(_ work: @escaping @Sendable () async -> Void) {
        tasks.withLock { $0.append(Task(operation: work)) }
    }

    public func update(_ view: DiscoveryView) {
        for source in sources { source.update(view) }
    }

    public func status() async -> DiscoveryStatus {
        // Some ask a thread of their own, which may be busy for a moment.
        await onThread { [sources] in
            var status = DiscoveryStatus()
            for source in sources { source.report(into: &status) }
            return status
        }
    }

    public func stop() async {
        monitor.stop()
        // Side by side: each says goodbye to somebody, and the program is to leave within two seconds.
        await withTaskGroup(of: Void.self) { group in
            for source in sources { group.addTask { await source.stop() } }
        }
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }
}

extension Node {
    fileprivate func take(_ finding: Finding) {
        switch finding {
        case .candidate(let candidate): found(candidate)
        case .neighbour(let neighbour): heard(neighbour)
        case .plain(let name, let address, let presence):
            heardPlain(name: name, at: address, presence: presence)
        }
    }
}
