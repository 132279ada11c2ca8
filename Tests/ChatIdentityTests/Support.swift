import Foundation
import Testing

@testable import ChatIdentity

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("p2pchat-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file into the folder and returns its path.
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func write(_ text: String, to name: String) throws -> String {
        try write(text.utf8, to: name)
    }

    func write(_ secret: SecretBytes, to name: String) throws -> String {
        try write(secret.withBytes { Array($0) }, to: name)
    }

    func bytes(of name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
}

struct ToolFailure: Error, CustomStringConvertible {
    let description: String
}

/// Runs the stock `openssl` and returns what it printed. Throws where it fails.
@discardableResult
func openssl(_ arguments: String...) throws -> String { try openssl(arguments) }

@discardableResult
func openssl(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw ToolFailure(
            description:
                "openssl \(arguments) failed: \(String(decoding: complaint, as: UTF8.self))"
        )
    }
    return String(decoding: printed, as: UTF8.self)
}

/// The code of the error that `body` throws; records an issue where it throws none, or another.
/// Every description must be one sentence that can be shown.
func errorCode<R>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> R
) -> IdentityError.Code? {
    do {
        _ = try body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as IdentityError {
        #expect(error.description.hasSuffix(".") || error.description.contains(" with: "))
        #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
        return error.code
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// The permission bits of what stands at a path, a symbolic link itself included.
func mode(of path: String) throws -> UInt16 {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).uint16Value
}

/// Sets the permission bits.
func setMode(_ mode: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}
