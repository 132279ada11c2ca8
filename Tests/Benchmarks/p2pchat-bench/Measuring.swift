#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The clocks, and files and standard streams without Foundation, whose memory would be measured
/// along.
enum Clock {
    /// Seconds, from any beginning.
    static func now() -> Double { read(CLOCK_MONOTONIC) }
    /// Seconds of processor time that this process has used.
    static func processor() -> Double { read(CLOCK_PROCESS_CPUTIME_ID) }
    /// Seconds since 1970.
    @Sendable static func wall() -> Double { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

enum Files {
    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw Complaint("\(path) can't be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a line at once: somebody waits for it.
    static func say(_ line: String) { put(line, STDOUT_FILENO) }

    static func complain(_ sentence: String) { put("p2pchat-bench: " + sentence, STDERR_FILENO) }

    private static func put(_ line: String, _ descriptor: CInt) {
        var bytes = Array((line + "\n").utf8)
        while !bytes.isEmpty {
            let written = write(descriptor, bytes, bytes.count)
            guard written > 0 else { return }
            bytes.removeFirst(written)
        }
    }
}

/// Latencies, reported as the C program does.
struct Latencies {
    private var microseconds: [Double] = []

    init(capacity: Int) { microseconds.reserveCapacity(capacity) }

    init(microseconds: some Sequence<Double>) { self.microseconds = Array(microseconds) }

    mutating func add(since start: Double) {
        microseconds.append((Clock.now() - start) * 1e6)
    }

    mutating func report(processor: Double) {
        microseconds.sort()
        let count = microseconds.count
        func at(_ fraction: Double) -> Double { microseconds[Int(Double(count) * fraction)] }
        Files.say(
            "{\"count\":\(count),\"mean_us\":\(microseconds.reduce(0, +) / Double(count)),"
                + "\"median_us\":\(at(0.5)),\"p99_us\":\(at(0.99)),\"p999_us\":\(at(0.999)),"
                + "\"cpu_s\":\(processor)}")
    }
}

extension Files {
    static func exit(with status: CInt) -> Never {
        #if canImport(Darwin)
            Darwin.exit(status)
        #elseif canImport(Musl)
            Musl.exit(status)
        #else
            Glibc.exit(status)
        #endif
    }
}
