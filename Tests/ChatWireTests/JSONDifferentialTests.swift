import ChatWire
import Foundation
import TestSupport
import Testing

/// The strict reader beside Foundation's, on documents made at random and spoilt at random.
///
/// Known differences, in which Foundation is laxer or stricter: it takes a byte-order mark, UTF-16
/// and UTF-32, U+0000 as an escape, nesting up to 512, a key that comes twice; it rounds the last
/// digits of a double, and takes numbers past one; it takes a comma after the last member of an
/// object, and drops U+FEFF at some places in a string.
@Suite struct JSONDifferentialTests {
    @Test(arguments: 0..<8) func bothAgreeOnWhatIsWellFormed(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let text = random.document(depth: 0)
            let value = try JSONValue(parsing: text.utf8)
            let theirs = try JSONSerialization.jsonObject(
                with: Data(text.utf8), options: .fragmentsAllowed)
            let same = isSame(value, theirs)
            #expect(same, "\(text.debugDescription)")
        }
    }

    @Test(arguments: 8..<16) func bothAgreeOnWhatIsSpoilt(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<400 {
            var bytes = Array(random.document(depth: 0).utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) { random.spoil(&bytes) }
            let theirs = try? JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            do throws(WireError) {
                let value = try JSONValue(parsing: bytes)
                let agreed = theirs.map { isSame(value, $0) } ?? false
                #expect(agreed, "ours took \(debugText(bytes))")
            } catch {
                refused += 1
                if theirs == nil { continue }
                let isKnown =
                    [.nul, .byteOrderMark, .duplicateKey, .tooDeep].contains(error.code)
                    || error.reason == "A number is too large."
                    || hasCommaTooMany(bytes)
                #expect(isKnown, "ours refused \(debugText(bytes)): \(error)")
            }
        }
        // The test is about both kinds.
        #expect(refused > 80)
        #expect(refused < 390)
    }

    private func debugText(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).debugDescription
    }

    private func hasCommaTooMany(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(#/,\s*}/#)
    }

    private func withoutMarks(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0 != "\u{FEFF}" })
    }

    private func isSame(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .object(let members):
            guard let other = theirs as? [String: Any], other.count == members.count else {
                return false
            }
            return members.allSatisfy { member in
                other[member.key].map { isSame(member.value, $0) } ?? false
            }
        case .array(let elements):
            guard let other = theirs as? [Any], other.count == elements.count else { return false }
            return zip(elements, other).allSatisfy { isSame($0, $1) }
        case .string(let text):
            return (theirs as? String).map { withoutMarks($0) == withoutMarks(text) } ?? false
        case .number(let value, _):
            guard let other = (theirs as? NSNumber)?.doubleValue else { return false }
            return abs(other - value) <= abs(value) * 1e-12
        case .bool(let value): return (theirs as? Bool) == value
        case .null: return theirs is NSNull
        }
    }
}

extension SeededGenerator {
    /// A well-formed text, its objects with keys that differ also when folded.
    mutating func document(depth: Int) -> String {
        let space = ["", "", "", " ", "\n", "\t \r"].randomElement(using: &self) ?? ""
        return space + value(depth: depth) + space
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &self) {
        case 0: return ["true", "false", "null"].randomElement(using: &self) ?? ""
        case 1, 2: return number()
        case 3, 4, 5: return string(text(upTo: 12))
        case 6:
            let count = Int.random(in: 0...4, using: &self)
            return "[" + (0..<count).map { _ in document(depth: depth + 1) }.joined(separator: ",")
                + "]"
        default:
            let count = Int.random(in: 0...11, using: &self)
            let members = (0..<count).map { index in
                string("\(index)" + token(upTo: 5)) + ":" + document(depth: depth + 1)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private mutating func number() -> String {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: return "\(Int.random(in: -9_000...9_000, using: &self))"
        case 1: return "\(Double.random(in: -9e9...9e9, using: &self))"
        case 2:
            return
                "\(Int.random(in: 0...99, using: &self))e-\(Int.random(in: 0...30, using: &self))"
        default: return "-0.\(Int.random(in: 0...99, using: &self))E+1"
        }
    }

    /// A string of JSON, of which some characters are escaped for no need.
    private mutating func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let mustBeEscaped = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            if mustBeEscaped || Int.random(in: 0..<6, using: &self) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &self))
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Changes one place.
    mutating func spoil(_ bytes: inout [UInt8]) {
        let telling = Array("{}[]\",:\\/.-+eEu0tfn \n".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF, 0x01]
        let byte = telling.randomElement(using: &self) ?? 0
        let place = Int.random(in: 0...bytes.count, using: &self)
        switch Int.random(in: 0..<4, using: &self) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        case 2 where place < bytes.count: bytes.remove(at: place)
        default: bytes.removeSubrange(place...)
        }
    }
}
