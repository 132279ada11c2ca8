/// What kind of code point each is, from Unicode's properties: new versions of Unicode are taken
/// in by themselves, and what is unknown is unsafe. ``SafeText`` says why.
enum SafeTextRules {
    enum Kind {
        case visible
        /// Combines with what stands before it.
        case mark
        /// ZWJ, ZWNJ.
        case joiner
        case zeroWidthSpace
        /// LRM, RLM, ALM.
        case directionMark
        /// A variation selector, or Mongolian's vowel separator, which follows the same rule.
        case selector
        case unsafe
    }

    static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x200C, 0x200D: return .joiner
        case 0x200B: return .zeroWidthSpace
        case 0x200E, 0x200F, 0x061C: return .directionMark
        case 0x180E: return .selector
        // The object replacement character.
        case 0xFFFC: return .unsafe
        // Signs that stand before or above a number, and show (Prepended_Concatenation_Mark).
        case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD:
            return .visible
        default: break
        }
        let properties = scalar.properties
        if properties.isVariationSelector { return .selector }
        if properties.isDefaultIgnorableCodePoint { return .unsafe }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return .unsafe
        case .nonspacingMark, .enclosingMark, .spacingMark:
            return .mark
        default:
            return .visible
        }
    }

    static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D
    }

    /// A kept code point of no width that a mark can't combine with.
    static func isZeroWidthBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B, 0x200E, 0x200F, 0x061C, 0x180E: true
        default: false
        }
    }

    /// A space of any width, or the pattern of Braille without a dot.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\u{2800}"
            || scalar.properties.generalCategory == .spaceSeparator
    }

    /// A pictograph that a selector, a skin tone or a joiner may follow: Emoji without the digits,
    /// the letters of flags and the skin tones themselves (UTS #51).
    static func isEmojiBase(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x7F, scalar.properties.isEmoji else { return false }
        return !(0x1F1E6...0x1F1FF).contains(scalar.value) && !scalar.properties.isEmojiModifier
    }

    /// The length of the flag of a region's part at the start, with its tags; 0 for none.
    static func flagLength(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
        guard scalars.first == "\u{1F3F4}" else { return 0 }
        // The flag, two letters, at most four letters or digits, the cancel tag.
        var length = 1
        for scalar in scalars.dropFirst().prefix(7) {
            switch scalar.value {
            case 0xE0061...0xE007A: break
            case 0xE0030...0xE0039 where length > 2: break
            case 0xE007F: return length > 3 ? length + 1 : 0
            default: return 0
            }
            length += 1
        }
        return 0
    }

    /// True where the selector may stand between the two.
    static func takes(
        _ selector: Unicode.Scalar, after base: Unicode.Scalar, before next: Unicode.Scalar?
    ) -> Bool {
        let properties = base.properties
        switch selector.value {
        case 0xFE0E, 0xFE0F:
            if isEmojiBase(base) || properties.isEmojiModifier { return true }
            // A keycap: digit, selector, enclosing keycap.
            return properties.isEmoji && base.isASCII && next == "\u{20E3}"
        case 0x180B...0x180F:
            return isLetterOrMark(base) && 0x1820...0x18AA ~= base.value
        case 0xFE00...0xFE0D:
            return properties.isIdeographic || properties.generalCategory == .mathSymbol
                || isLetterOrMark(base) && hasVariants(base)
        default:
            return properties.isIdeographic
        }
    }

    /// Myanmar and Phags-pa, after Unicode's StandardizedVariants.txt.
    private static func hasVariants(_ scalar: Unicode.Scalar) -> Bool {
        0x1000...0x109F ~= scalar.value || 0xAA60...0xAA7F ~= scalar.value
            || 0xA840...0xA877 ~= scalar.value
    }

    private static func isLetterOrMark(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isDefaultIgnorableCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .otherLetter, .modifierLetter, .uppercaseLetter, .lowercaseLetter, .nonspacingMark,
            .spacingMark:
            return true
        default:
            return false
        }
    }

    /// A letter or mark of a script in which ZWJ and ZWNJ change how letters join or stack.
    static func needsJoiners(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Arabic, Syriac, N'Ko, Mandaic; the scripts of India and Sri Lanka.
        case 0x0620...0x0DFF,
            // Tibetan, Burmese.
            0x0F00...0x109F,
            // The Philippines, Khmer, Mongolian.
            0x1700...0x18AF,
            // Tai Tham, Balinese, Sundanese, Batak, Lepcha, Vedic signs.
            0x1A20...0x1CFF,
            // Syloti Nagri, Phags-pa, Saurashtra; Devanagari's and Burmese's extensions, Javanese,
            // Cham; Meetei Mayek.
            0xA800...0xA8FF, 0xA930...0xAAFF, 0xABC0...0xABFF,
            // Manichaean, Psalter Pahlavi, Hanifi Rohingya, Sogdian, Chorasmian.
            0x10AC0...0x10AFF, 0x10B80...0x10BAF, 0x10D00...0x10D3F, 0x10F30...0x10FDF,
            // Brahmi and its descendants; Adlam.
            0x11000...0x11FFF, 0x1E900...0x1E95F:
            isLetterOrMark(scalar)
        default:
            false
        }
    }

    /// A letter or mark of a script that writes no spaces between words.
    static func needsZeroWidthSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: isLetterOrMark(scalar)
        default: false
        }
    }

    /// A letter of class R or AL (UAX #9), by the blocks that Unicode keeps for them.
    static func isRightToLeftLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF,
            0x1E800...0x1EFFF:
            switch scalar.properties.generalCategory {
            case .otherLetter, .uppercaseLetter, .lowercaseLetter, .modifierLetter: true
            default: false
            }
        default: false
        }
    }
}
