import ChatWire
import TestSupport

extension SeededGenerator {
    /// A scalar of any plane but U+0000, those that need care more often than chance has it.
    mutating func scalar() -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0x01...0x1F, 0x20...0x7E, 0x20...0x7E, 0x22...0x22, 0x5C...0x5C, 0x7F...0x9F,
            0xA0...0x7FF, 0x300...0x36F, 0x800...0xD7FF, 0x2028...0x2029, 0x202A...0x202E,
            0xE000...0xFFFF, 0x1F1E6...0x1F1FF, 0x1F300...0x1F64F, 0x10000...0x10FFFF,
        ]
        let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
        return Unicode.Scalar(UInt32.random(in: range, using: &self)) ?? "?"
    }

    mutating func text(upTo count: Int) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...count, using: &self) {
            text.unicodeScalars.append(scalar())
        }
        return text
    }

    /// Visible ASCII, at least one character.
    mutating func token(upTo count: Int) -> String {
        String(
            decoding: (0..<Int.random(in: 1...count, using: &self)).map { _ in
                UInt8.random(in: 0x21...0x7E, using: &self)
            }, as: UTF8.self)
    }

    /// Any finite double, times of our days most often.
    mutating func timestamp() -> Double {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: return Double(Int.random(in: 0...2_000_000_000, using: &self))
        case 1: return Double.random(in: 1_700_000_000...1_900_000_000, using: &self)
        case 2: return Double.random(in: 0x1p52...2e16, using: &self)
        default:
            let value = Double(bitPattern: next())
            return value.isFinite ? value : 0
        }
    }

    mutating func maybe<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
        Bool.random(using: &self) ? make(&self) : nil
    }

    mutating func frame() -> Frame {
        func port(_ random: inout SeededGenerator) -> Int { .random(in: 0...65535, using: &random) }
        switch Int.random(in: 0..<11, using: &self) {
        case 0:
            return .hello(
                Hello(
                    username: token(upTo: 3) + text(upTo: 20), port: maybe(port),
                    features: (0..<Int.random(in: 0...4, using: &self)).map { _ in token(upTo: 8) },
                    instance: maybe { $0.token(upTo: 64) },
                    rendezvous: maybe { $0.token(upTo: 64) },
                    timestamp: maybe { .random(in: -1e12...1e12, using: &$0) }))
        case 1, 2:
            return .message(
                Message(
                    id: maybe { _ in MessageID.random() }, sender: text(upTo: 20),
                    content: text(upTo: 300), timestamp: timestamp()))
        case 3:
            return .receipt(
                Receipt(id: .random(), state: Bool.random(using: &self) ? .delivered : .read))
        case 4:
            let actions = UserPresence.Action.allCases
            return .presence(
                UserPresence(
                    action: actions[Int.random(in: 0..<actions.count, using: &self)],
                    username: text(upTo: 30), ip: maybe { $0.token(upTo: 40) }, port: maybe(port)))
        case 5:
            return .presenceList(
                PresenceList(
                    users: maybe { random in
                        (0..<Int.random(in: 0...12, using: &random)).map {
                            PresenceList.Entry(
                                name: "\($0)\(random.text(upTo: 9))",
                                ip: random.maybe { $0.token(upTo: 40) }, port: random.maybe(port))
                        }
                    }))
        case 6: return Bool.random(using: &self) ? .ping : .pong
        case 7: return .typing(Typing(active: Bool.random(using: &self)))
        case 8:
            return .error(
                ErrorFrame(
                    code: ErrorFrame.Code(rawValue: token(upTo: 20)), reason: text(upTo: 99)))
        case 9: return .bye(Bye(reason: maybe { Bye.Reason(rawValue: $0.token(upTo: 20)) }))
        default: return .unknown(type: maybe { "x" + $0.text(upTo: 20) })
        }
    }
}
