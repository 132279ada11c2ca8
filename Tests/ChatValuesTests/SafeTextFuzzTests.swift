import ChatValues
import TestSupport
import Testing

@Suite("Whatever comes in, nothing forbidden comes out")
struct SafeTextFuzzTests {
    /// Code points near which the rules turn, and some harmless ones to stand between them.
    static let sharp: [Unicode.Scalar] = [
        0x00, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x9B, 0x9D, 0xAD, 0x34F, 0x61C,
        0x115F, 0x180B, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A,
        0x202E, 0x2060, 0x2066, 0x2069, 0x20E3, 0x2800, 0x3164, 0xE000, 0xFE00, 0xFE0E, 0xFE0F,
        0xFEFF, 0xFFF9, 0xFFFC, 0xFFFF, 0x1F3F4, 0xE0067, 0xE0062, 0xE0065, 0xE0031, 0xE007F,
        0xE0001, 0xE0100, 0x10FFFF, 0x301, 0x338, 0x93E, 0x94D, 0x600, 0x1F468, 0x1F3FD, 0x2764,
        0x1F1E9, 0x1F1EA, 0x20, 0xA0, 0x23, 0x31, 0x5C, 0x61, 0x75, 0x7B, 0x7D, 0x5D0, 0x644,
        0x6CC, 0x915, 0x930, 0x1000, 0x1780, 0x1820, 0x845B, 0x1100, 0x222A, 0xE01,
    ].compactMap(Unicode.Scalar.init(_:))

    static func text(_ generator: inout SeededGenerator) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...24, using: &generator) {
            if Int.random(in: 0..<4, using: &generator) > 0 {
                scalars.append(sharp.randomElement(using: &generator) ?? "a")
            } else {
                let value = UInt32.random(in: 0...0x10FFFF, using: &generator)
                scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
        }
        return String(scalars)
    }

    /// Says of each code point alone, from lists written out here, that it may never be shown.
    static func isForbiddenAlways(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x115F...0x1160, 0x17B4...0x17B5,
            0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xE000...0xF8FF, 0xFDD0...0xFDEF, 0xFEFF,
            0xFFA0, 0xFFF0...0xFFFC, 0xFFFE...0xFFFF, 0xE0000...0xE001F, 0xE0080...0xE00FF,
            0xE01F0...0x10FFFF:
            true
        default:
            scalar.properties.generalCategory == .unassigned
        }
    }

    /// The first thing wrong with what is shown, or nil.
    static func fault(in shown: String, label: Bool) -> String? {
        let scalars = Array(shown.unicodeScalars)
        var marks = 0
        for (index, scalar) in scalars.enumerated() {
            let before: Unicode.Scalar? = index > 0 ? scalars[index - 1] : nil
            let next: Unicode.Scalar? = index + 1 < scalars.count ? scalars[index + 1] : nil
            let value = scalar.value
            if isForbiddenAlways(scalar) { return "\(value) is forbidden" }
            let isLegible = before.map { $0.value > 0x7F && !isInvisible($0) } ?? false
            switch value {
            case 0x200B...0x200D, 0x180B...0x180F, 0xE0100...0xE01EF:
                if !isLegible { return "\(value) follows nothing that needs it" }
            case 0xFE00...0xFE0F:
                if !isLegible && next != "\u{20E3}" { return "\(value) selects nothing" }
            case 0xE0020...0xE007E:
                let isTag = before.map { $0 == "\u{1F3F4}" || 0xE0020...0xE007E ~= $0.value }
                let isEnded = next.map { 0xE0020...0xE007F ~= $0.value }
                if isTag != true || isEnded != true { return "a tag outside of a flag" }
            case 0xE007F:
                if before.map({ 0xE0020...0xE007E ~= $0.value }) != true { return "a lone end" }
            case 0x200E, 0x200F, 0x61C:
                if label { return "a mark of direction in a label" }
                // A selector is part of what it selects.
                if let before, isInvisible(before), !before.properties.isVariationSelector {
                    return "marks of direction in a row"
                }
            default: break
            }
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark:
                if scalar.properties.isVariationSelector { continue }
                marks += 1
                if index == 0 { return "a mark with no base" }
                if marks > 6 { return "\(marks) marks on one character" }
            case .format: break
            default: marks = 0
            }
        }
        return nil
    }

    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        // A flag's last tag ends a picture.
        scalar.properties.isDefaultIgnorableCodePoint && scalar.value != 0xE007F
            && !(0xFE00...0xFE0F ~= scalar.value)
    }

    @Test("and a second pass changes nothing", arguments: 1...8 as ClosedRange<UInt64>)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1_500 {
            let text = Self.text(&generator)
            let once = SafeText.singleLine(text)
            #expect(Self.fault(in: once, label: true) == nil, "\(text.debugDescription)")
            #expect(same(SafeText.singleLine(once), once), "\(text.debugDescription)")

            let limit = Int.random(in: 1...12, using: &generator)
            let cut = SafeText.singleLine(text, limit: limit)
            #expect(Self.fault(in: cut, label: true) == nil, "\(text.debugDescription)")
            #expect(cut.count <= limit && cut.unicodeScalars.count <= 8 * limit)
            #expect(
                same(SafeText.singleLine(cut, limit: limit), cut),
                "\(limit) \(text.debugDescription)")

            for line in SafeText.lines(text) {
                #expect(Self.fault(in: line, label: false) == nil, "\(text.debugDescription)")
                let again = SafeText.lines(line)
                #expect(again.count == 1 && same(again.first ?? "", line))
            }
        }
    }

    /// By code points: String's == takes canonically equal texts for the same.
    private func same(_ left: String, _ right: String) -> Bool {
        left.unicodeScalars.elementsEqual(right.unicodeScalars)
    }

    @Test("each code point of the planes in use, at the start and between letters")
    func everyCodePoint() {
        for value in UInt32(0)...0x10FFFF {
            // What lies between is ideographs, or unassigned and private use: a sample will do.
            let isSampled =
                !(0x0000...0x33FF ~= value || 0xD800...0x1FFFF ~= value
                || 0xE0000...0xE01FF ~= value)
            if isSampled && value % 61 != 0 { continue }
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "\(scalar)a\(scalar)bع\(scalar)عक\(scalar)क"
            if let fault = Self.fault(in: SafeText.singleLine(text), label: true) {
                Issue.record("\(text.debugDescription): \(fault)")
            }
        }
    }
}
