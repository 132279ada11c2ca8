import ChatIdentity
import Foundation
import Testing

@Suite("A file that appears whole")
struct NewFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/file" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to file: NewFile) throws {
        var text = text
        try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0)) }
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    @Test("Has no name before it is finished, and is its owner's alone then")
    func whole() throws {
        let file = try NewFile(path: path)
        try write("one ", to: file)
        try write("two", to: file)
        // Where the file system has no files without a name, it has a hidden one.
        #expect(try names.filter { !$0.hasPrefix(".p2pchat-") } == [])
        try file.finish(replacing: false)
        #expect(try names == ["file"])
        #expect(try folder.bytes(of: "file") == Array("one two".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test("Nothing is left where it is given up or forgotten", arguments: [true, false])
    func abandoned(aloud: Bool) throws {
        do {
            let file = try NewFile(path: path)
            try write("half", to: file)
            if aloud { file.discard() }
        }
        #expect(try names == [])
    }

    @Test("After its end there is nothing more to do with it")
    func ended() throws {
        let file = try NewFile(path: path)
        try file.finish(replacing: false)
        #expect(throws: IdentityError.self) { try write("late", to: file) }
        #expect(throws: IdentityError.self) { try file.finish(replacing: true) }
        file.discard()
        #expect(try names == ["file"])
        #expect(try folder.bytes(of: "file").isEmpty)
    }

    @Test("What came there meanwhile stays, unless it is to be replaced", arguments: [true, false])
    func taken(replacing: Bool) throws {
        let file = try NewFile(path: path)
        try write("ours", to: file)
        try file.checkName(replacing: false)
        _ = try folder.write("theirs", to: "file")
        if replacing {
            try file.finish(replacing: true)
        } else {
            for attempt in [
                { try file.checkName(replacing: false) },
                { try file.finish(replacing: false) },
            ] {
                let error = #expect(throws: IdentityError.self) { try attempt() }
                #expect(error?.code == .exists)
            }
        }
        #expect(try names == ["file"])
        #expect(try folder.bytes(of: "file") == Array((replacing ? "ours" : "theirs").utf8))
    }

    @Test("A symbolic link under its name is replaced itself, and is never followed")
    func link() throws {
        _ = try folder.write("elsewhere", to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: folder.path + "/target")
        #expect(throws: IdentityError.self) {
            try NewFile(path: path).finish(replacing: false)
        }
        try NewFile(path: path).finish(replacing: true)
        #expect(try folder.bytes(of: "target") == Array("elsewhere".utf8))
        #expect(try folder.bytes(of: "file").isEmpty)
    }

    @Test("What names no file is refused", arguments: ["/", ".", "..", "no/such/folder/file"])
    func names(name: String) throws {
        #expect(throws: IdentityError.self) { try NewFile(path: folder.path + "/" + name) }
    }
}
