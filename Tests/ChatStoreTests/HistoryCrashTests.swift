import ChatCore
import ChatIdentity
import ChatStore
import Foundation
import TestSupport
import Testing

#if os(Linux)
    @Suite("A process that is killed leaves exactly the batches that it had committed")
    struct HistoryCrashTests {
        private static let folderVariable = "P2PCHAT_TEST_WRITER"
        private static let batch = 40

        @Test("killed at any moment, again and again on one database", .timeLimit(.minutes(2)))
        func killed() async throws {
            let folder = try TemporaryFolder()
            let key = try PrivateKey.generate(.ed25519)
            try write(
                key.pem(passphrase: nil).withBytes { Array($0) }, to: folder.path + "/key.pem")
            try #require(mkfifo(folder.path + "/committed", 0o600) == 0)
            var random = SeededGenerator(seed: 3)
            var committed = 0
            for _ in 0..<5 {
                let reported = try await runWriter(
                    in: folder.path, until: committed + .random(in: 1...25, using: &random))
                let history = try await ChatStore.open(at: folder.database).unlock(with: key)
                try await history.store.integrityCheck()
                let texts = Texts()
                try await history.scan(MessageSelection()) { messages, _ in
                    await texts.add(messages.map { $0.text ?? "damaged" })
                    return true
                }
                let found = await texts.all
                committed = found.count / Self.batch
                // The last batch may have reached the disk and not been reported.
                #expect(committed == reported || committed == reported + 1)
                #expect(found == (0..<(committed * Self.batch)).map { "message \($0)" })
                try await history.store.close()
            }
            #expect(committed >= 5)
        }

        /// Lets a writer work until it has reported this many batches, and kills it.
        ///
        /// - Returns: How many it reported, those included that were on their way.
        private func runWriter(in folder: String, until wanted: Int) async throws -> Int {
            let reports = open(folder + "/committed", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            try #require(reports >= 0)
            defer { close(reports) }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            process.arguments = [
                "--testing-library", "swift-testing", "--filter", "HistoryCrashTests/writer",
            ]
            process.environment = ProcessInfo.processInfo.environment.merging(
                [Self.folderVariable: folder]) { _, new in new }
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            defer { if process.isRunning { process.terminate() } }
            var reported = 0
            var bytes = [UInt8](repeating: 0, count: 4_096)
            while reported < wanted {
                var waited = pollfd(fd: reports, events: Int16(POLLIN), revents: 0)
                try #require(
                    poll(&waited, 1, 30_000) > 0, "waited 30 s for the writer to commit a batch")
                let count = read(reports, &bytes, bytes.count)
                try #require(count > 0, "the writer ended by itself")
                reported = Self.last(bytes.prefix(count)) ?? reported
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            while case let count = read(reports, &bytes, bytes.count), count > 0 {
                reported = Self.last(bytes.prefix(count)) ?? reported
            }
            return reported
        }

        /// The number in the last whole line.
        private static func last(_ lines: ArraySlice<UInt8>) -> Int? {
            lines.split(separator: UInt8(ascii: "\n")).last.flatMap {
                Int(String(decoding: $0, as: UTF8.self))
            }
        }

        @Test(
            "writer: goes on from where the last one was killed",
            .enabled(
                if: ProcessInfo.processInfo.environment[folderVariable] != nil,
                "it is run by the test above, in a process of its own"))
        func writer() async throws {
            let folder = try #require(ProcessInfo.processInfo.environment[Self.folderVariable])
            let key = try PrivateKey(pem: try bytes(of: folder + "/key.pem"), passphrase: nil)
            let history = try await ChatStore.open(at: folder + "/p2pchat.sqlite")
                .unlock(with: key)
            let reports = open(folder + "/committed", O_WRONLY | O_CLOEXEC)
            try #require(reports >= 0)
            var next = try await history.messageCount(with: try fingerprint(1))
            while true {
                let numbers = next..<(next + Self.batch)
                next = numbers.upperBound
                _ = try await history.add(
                    try numbers.map { number in
                        number.isMultiple(of: 2)
                            ? try outgoing("message \(number)", to: 1)
                            : try incoming("message \(number)", from: 1)
                    })
                let line = Array("\(next / Self.batch)\n".utf8)
                try #require(Foundation.write(reports, line, line.count) == line.count)
            }
        }
    }

    private actor Texts {
        private(set) var all: [String] = []
        func add(_ texts: [String]) { all += texts }
    }
#endif
