import ChatIdentity
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A running `openssl`, typed to and read from. It ends with this object.
final class OpenSSLProcess {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var printed = ""

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // Ours would keep the pipe open after the process is gone.
        try output.fileHandleForWriting.close()
    }

    deinit {
        // SIGTERM would not do: a process inherits the signals that its maker's thread blocks.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    func type(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    func closeInput() throws { try input.fileHandleForWriting.close() }

    /// Reads until that has been printed.
    func expect(_ text: String) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !printed.contains(text) {
            guard ContinuousClock.now < deadline else {
                throw Failed(description: "waited for \(text), openssl printed: \(printed)")
            }
            guard try readSome() else {
                throw Failed(description: "openssl ended without \(text): \(printed)")
            }
        }
    }

    /// Reads to the end.
    func expectEnd() throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try readSome() {
            guard ContinuousClock.now < deadline else {
                throw Failed(description: "waited for openssl to end, it printed: \(printed)")
            }
        }
    }

    /// False at the end.
    private func readSome() throws -> Bool {
        let handle = output.fileHandleForReading
        var descriptor = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 100) > 0 else { return true }
        let data = handle.availableData
        printed += String(decoding: data, as: UTF8.self)
        return !data.isEmpty
    }
}

/// A folder with an identity's two files, gone when the test is.
final class IdentityFolder {
    let certificate: String
    let key: String
    private let path: String

    init(_ identity: Identity) throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("p2pchat-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        certificate = path + "/certificate.pem"
        key = path + "/key.pem"
        try Data(identity.certificate.pem.utf8).write(to: URL(fileURLWithPath: certificate))
        let pem = try identity.privateKey.pem(passphrase: nil)
        try pem.withBytes { Data($0) }.write(to: URL(fileURLWithPath: key))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
