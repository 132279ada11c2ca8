import ChatWire
import NIOCore
import Testing

/// What came out of a decoder until it wanted more or threw.
struct Decoded: Equatable {
    var frames: [Frame] = []
    var code: ErrorFrame.Code?
}

/// Feeds a decoder `bytes` in pieces of `piece` bytes.
func decode(
    _ bytes: some Collection<UInt8>, piece: Int = .max,
    append: (inout ByteBuffer) -> Void, next: () throws(WireError) -> Frame?
) -> Decoded {
    var result = Decoded()
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
        var buffer = ByteBuffer(bytes: rest.prefix(piece))
        rest = rest.dropFirst(piece)
        append(&buffer)
        #expect(buffer.readableBytes == 0, "The decoder takes all that it is given")
        do throws(WireError) {
            while let frame = try next() { result.frames.append(frame) }
        } catch {
            result.code = error.code
            return result
        }
    }
    return result
}

/// What ``FrameDecoder`` makes of a stream, which must not depend on how it is cut up.
func decodeLines(
    _ bytes: some Collection<UInt8>, lineLimit: Int = WireLimits.line,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Decoded {
    func decoded(_ piece: Int) -> Decoded {
        var decoder = FrameDecoder(lineLimit: lineLimit)
        return decode(bytes, piece: piece) {
            decoder.append(&$0)
        } next: { () throws(WireError) in
            try decoder.next()
        }
    }
    let whole = decoded(.max)
    for piece in bytes.count < 5_000 ? [1, 7] : [1_000] {
        #expect(decoded(piece) == whole, "cut into \(piece)", sourceLocation: sourceLocation)
    }
    return whole
}

/// What ``SeedDecoder`` makes of a stream, which must not depend on how it is cut up.
func decodeSeed(
    _ bytes: some Collection<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
) -> Decoded {
    func decoded(_ piece: Int) -> Decoded {
        var decoder = SeedDecoder()
        return decode(bytes, piece: piece) {
            decoder.append(&$0)
        } next: { () throws(WireError) in
            try decoder.next()
        }
    }
    let whole = decoded(.max)
    for piece in bytes.count < 5_000 ? [1, 7] : [1_000] {
        #expect(decoded(piece) == whole, "cut into \(piece)", sourceLocation: sourceLocation)
    }
    return whole
}

/// The one frame of a line, drip-fed as well.
func frame(
    _ line: String, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Frame {
    let decoded = decodeLines((line + "\n").utf8, sourceLocation: sourceLocation)
    try #require(decoded.code == nil, "\(line)", sourceLocation: sourceLocation)
    try #require(decoded.frames.count == 1, sourceLocation: sourceLocation)
    return decoded.frames[0]
}

/// The code of the error that a line is refused with, or nil when it is accepted.
func refusal(
    _ line: some Collection<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
) -> ErrorFrame.Code? {
    decodeLines(Array(line) + [0x0A], sourceLocation: sourceLocation).code
}

func refusal(
    _ line: String, sourceLocation: SourceLocation = #_sourceLocation
) -> ErrorFrame.Code? {
    refusal(line.utf8, sourceLocation: sourceLocation)
}

/// A line written by the encoder, without its LF.
func line(_ frame: Frame) -> String {
    var buffer = ByteBuffer()
    buffer.writeFrame(frame)
    var text = String(buffer: buffer)
    #expect(text.last == "\n")
    text.removeLast()
    #expect(!text.contains("\n"))
    return text
}

/// A ``FrameDecoder`` that expectations can call.
final class FrameStream {
    var decoder: FrameDecoder

    init(lineLimit: Int = WireLimits.hello) {
        decoder = FrameDecoder(lineLimit: lineLimit)
    }

    func feed(_ text: String) {
        var buffer = ByteBuffer(string: text)
        decoder.append(&buffer)
        #expect(buffer.readableBytes == 0)
    }

    func next() throws(WireError) -> Frame? {
        try decoder.next()
    }

    func finish() -> Bool {
        decoder.finish()
    }
}
