#if DHT
    import CPortMapping
    import Dispatch
    import Synchronization

    /// NAT-PMP through libnatpmp.
    package struct NATPMPMethod: PortMappingMethod {
        /// For how long to wait for a router, in milliseconds: four askings (RFC 6886, 3.1).
        private static let patience: UInt32 = 4_000

        package init() {}

        package func map(
            _ port: Int, to external: Int, lifetime: Int
        ) async throws(PortMappingFailure) -> PortMapping {
            let (outcome, result) = await blocking {
                var result = cportmapping_result()
                let outcome = cportmapping_natpmp_map(
                    0, UInt16(clamping: port), UInt16(clamping: external),
                    UInt32(clamping: lifetime), Self.patience, &result)
                return (outcome, result)
            }
            return try PortMapping(.natPMP, outcome, result)
        }

        package func withdraw(_ mapping: PortMapping, of port: Int) async {
            _ = await blocking {
                var result = cportmapping_result()
                // RFC 6886, 3.4: lifetime and external port 0.
                return cportmapping_natpmp_map(0, UInt16(clamping: port), 0, 0, 1_000, &result)
            }
        }
    }

    /// UPnP-IGD through miniupnpc.
    package final class IGDMethod: PortMappingMethod {
        /// For how long to wait for a router to answer the search, in milliseconds.
        private static let patience: UInt32 = 2_000

        /// Owns the C value, which one thread uses at a time.
        private final class Router: @unchecked Sendable {
            // Used on `queue` alone.
            let pointer: OpaquePointer

            init?() {
                guard let pointer = cportmapping_igd_find(nil, IGDMethod.patience) else {
                    return nil
                }
                self.pointer = pointer
            }

            deinit { cportmapping_igd_free(pointer) }
        }

        private let router = Mutex<Router?>(nil)

        package init() {}

        package func map(
            _ port: Int, to external: Int, lifetime: Int
        ) async throws(PortMappingFailure) -> PortMapping {
            let (outcome, result) = await blocking { [self] in
                var result = cportmapping_result()
                guard let known = router.withLock({ $0 }) ?? Router() else {
                    return (CPORTMAPPING_NONE, result)
                }
                let outcome = cportmapping_igd_map(
                    known.pointer, UInt16(clamping: port), UInt16(clamping: external),
                    UInt32(clamping: lifetime), &result)
                // A router that is gone, or has changed its address, is looked for again.
                router.withLock { $0 = outcome == CPORTMAPPING_OK ? known : nil }
                return (outcome, result)
            }
            return try PortMapping(.igd, outcome, result)
        }

        package func withdraw(_ mapping: PortMapping, of port: Int) async {
            await blocking { [self] in
                guard let known = router.withLock({ $0 }) else { return }
                _ = cportmapping_igd_unmap(
                    known.pointer, UInt16(clamping: mapping.externalPort))
            }
        }
    }

    extension PortMapping {
        fileprivate init(
            _ method: Method, _ outcome: cportmapping_outcome, _ result: cportmapping_result
        ) throws(PortMappingFailure) {
            guard outcome == CPORTMAPPING_OK else {
                throw switch outcome {
                case CPORTMAPPING_REFUSED: .refused
                case CPORTMAPPING_LOCAL: .noNetwork
                default: .noRouter
                }
            }
            let host = withUnsafeBytes(of: result.external_address) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // A router's text is a stranger's: digits and dots, or nothing.
            let isAddress =
                !host.isEmpty && host.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
            self.init(
                method: method, externalHost: isAddress ? host : nil,
                externalPort: Int(result.external_port),
                lifetime: result.lifetime > 0 ? Int(result.lifetime) : nil)
        }
    }

    /// Both libraries block for seconds: never on the event loop or one of the few threads that
    /// tasks share. One at a time.
    private let queue = DispatchQueue(label: "p2pchat.portmapping")

    private func blocking<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
#endif
