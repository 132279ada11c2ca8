import ChatValues
import Testing

@Suite("Text that people write is shown as they wrote it")
struct SafeTextLegitimateTests {
    static let words: [String] = [
        "plain text, with punctuation: (yes) [no] {maybe} ~ \\ ` \"quotes\"",
        "naïve café, Ærøskøbing, Łódź, ß, “quotes” – dashes — … €",
        // Combining accents, Vietnamese and polytonic Greek decomposed.
        "e\u{301}a\u{302}\u{301}", "Vie\u{323}\u{302}t Nam", "α\u{313}\u{301}\u{345}",
        "Привет", "ಕನ್ನಡ", "日本語の文章、全角（カッコ）", "か\u{3099}", "中文，標點。", "한국어",
        // Jamo of older Korean, conjoining.
        "\u{1112}\u{119E}\u{11AB}",
        // Arabic with harakat; Hebrew with points and accents.
        "السَّلَامُ عَلَيْكُمْ", "שָׁלוֹם", "בְּרֵאשִׁ֖ית בָּרָ֣א",
        // Heh with the joiner that shows its first form, for "hijri".
        "1446 ه\u{200D}",
        // Persian, Urdu: ZWNJ inside words.
        "می\u{200C}خواهم کتاب\u{200C}ها را", "برادر\u{200C}ها",
        // Hindi, Marathi, Nepali: half forms; Bengali ya-phalaa and khanda ta; Malayalam chillus.
        "हिन्दी क्\u{200D}ष", "र्\u{200D}य", "নিত্যানন্দ র\u{200D}্যাব", "ত্\u{200D}",
        "അവന്\u{200D} നിന്\u{200D}റെ", "ශ්\u{200D}රී ලංකා", "தமிழ்", "తెలుగు",
        // Burmese with five marks on one letter, Khmer and Thai with zero-width spaces, Tibetan.
        "လျှို့ဝှက်", "ខ្ញុំ\u{200B}ស្រលាញ់", "ภาษา\u{200B}ไทย", "བསྒྲུབས་", "ພາສາ\u{200B}ລາວ",
        // Mongolian, with the vowel separator and a variant selector.
        "ᠬᠠᠭᠠᠨ᠎ᠠ", "ᠭ\u{180B}",
        // Japanese names with variants of an ideograph; a mathematical variant.
        "葛\u{E0100}城市", "辻\u{E0101}", "∩\u{FE00}",
        // Braille.
        "⠓⠑⠇⠇⠕\u{2800}⠺⠕⠗⠇⠙",
        "a\u{A0}b\u{202F}c\u{3000}d",
    ]

    static let emoji: [String] = [
        "😀👍", "❤\u{FE0F}", "☎\u{FE0E}", "👍🏽", "🕵🏻\u{200D}♂\u{FE0F}",
        "👨\u{200D}👩\u{200D}👧\u{200D}👦", "👩🏿\u{200D}🤝\u{200D}👨🏻", "🏳\u{FE0F}\u{200D}🌈",
        "👁\u{FE0F}\u{200D}🗨\u{FE0F}", "🧑\u{200D}💻", "❤\u{FE0F}\u{200D}🔥",
        // Keycaps.
        "1\u{FE0F}\u{20E3}#\u{FE0F}\u{20E3}*\u{FE0F}\u{20E3}",
        // Flags: of countries; of England, Scotland, Wales and Texas in tags.
        "🇩🇪🇺🇳",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}x",
        "🏴\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}🏴",
        "🏴\u{E0075}\u{E0073}\u{E0074}\u{E0078}\u{E007F}",
        "🏴\u{200D}☠\u{FE0F}", "©\u{FE0F}®™\u{FE0F}",
    ]

    @Test("words", arguments: SafeTextLegitimateTests.words + SafeTextLegitimateTests.emoji)
    func unchanged(text: String) {
        // By code points: String's == would take two normal forms for the same.
        #expect(Array(SafeText.singleLine(text).unicodeScalars) == Array(text.unicodeScalars))
        let lines = SafeText.lines(text)
        #expect(lines.count == 1)
        #expect(Array((lines.first ?? "").unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(
        "marks of direction in right-to-left messages",
        arguments: [
            "שלום!\u{200F}", "\u{200F}123 שקלים", "C++\u{200E} היא שפה", "عربي\u{61C} 1-2",
        ])
    func directionMarks(text: String) {
        #expect(
            SafeText.lines(text).map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)])
    }
}
