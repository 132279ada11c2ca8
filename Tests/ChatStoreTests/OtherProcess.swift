import Foundation
import Testing

/// Another program at the same database: Python's sqlite3, driven a line at a time.
final class OtherProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Opens the database, with its own settings.
    init(_ path: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
            for line in sys.stdin:
                print(repr(database.execute(line).fetchall()), flush=True)
            database.close()
            """, path,
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Runs one statement and answers with its rows, as Python prints them.
    @discardableResult
    func execute(_ sql: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((sql + "\n").utf8))
        var answer = Data()
        while answer.last != UInt8(ascii: "\n") {
            try awaitOutput()
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Ended(statement: sql) }
            answer += more
        }
        return String(decoding: answer.dropLast(), as: UTF8.self)
    }

    private func awaitOutput() throws {
        var waited = pollfd(
            fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waited, 1, 20_000) > 0 else { throw Silent() }
    }

    /// As a crash would: nothing is closed, nothing written back.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Closes the database and ends.
    func end() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    deinit { if process.isRunning { kill() } }

    struct Ended: Error { let statement: String }
    struct Silent: Error, CustomStringConvertible {
        var description: String { "waited 20 s for the other process's answer" }
    }
}
