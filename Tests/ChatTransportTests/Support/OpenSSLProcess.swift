import ChatIdentity
import Foundation
import Testing

/// A running `openssl`. It ends with this object.
final class OpenSSLProcess {
    let printed = Inbox<String>()
    private let process = Process()
    private let input = Pipe()

    /// Runs with the folder that holds the identity's `certificate.pem` and `key.pem`.
    init(_ arguments: [String], in folder: URL) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        output.fileHandleForReading.readabilityHandler = { [printed] handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                printed.end()
            } else {
                printed.add(String(decoding: data, as: UTF8.self))
            }
        }
    }

    deinit {
        // SIGTERM would not do: a process inherits the signals that its maker's thread blocks.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    func type(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Everything that it printed from now until this came.
    func expect(_ text: String) async throws -> String {
        var all = ""
        return try await printed.next("openssl to print \(text)") { part in
            all += part
            return all.contains(text) ? all : nil
        }
    }

    /// `s_server` on a free port, and that port.
    static func server(_ arguments: [String], in folder: URL) async throws -> (OpenSSLProcess, Int)
    {
        let server = try OpenSSLProcess(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", "certificate.pem", "-key", "key.pem"]
                + arguments, in: folder)
        let line = try await server.printed.next("openssl to listen") { part in
            part.split(separator: "\n").first { $0.hasPrefix("ACCEPT 127.0.0.1:") }
        }
        guard let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw CocoaError(.featureUnsupported)
        }
        return (server, port)
    }
}

/// A folder with an identity's two files, for as long as the test runs.
func withFolder<Value>(
    of identity: Identity, _ body: (URL) async throws -> Value
) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("p2pchat-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(identity.certificate.pem.utf8).write(
        to: folder.appendingPathComponent("certificate.pem"))
    try identity.privateKey.pem(passphrase: nil).withBytes { Data($0) }
        .write(to: folder.appendingPathComponent("key.pem"))
    return try await body(folder)
}
