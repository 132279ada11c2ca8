import EventSamples
import P2PChat
import Testing

@testable import P2PChatTerminal

@Suite("Times as a person writes them")
struct MomentTests {
    /// Two hours ahead of Greenwich.
    private var surroundings: Surroundings {
        var surroundings = Written().surroundings(now: noon)
        surroundings.localTime = { utc($0 + 7_200) }
        return surroundings
    }

    private func start(_ text: String) throws -> Double {
        try #require(Moment(text)).start(surroundings)
    }

    @Test(
        "How long ago",
        arguments: [
            ("2h", 7_200.0), ("3d", 259_200), ("1w", 604_800), ("30m", 1_800), ("90s", 90),
            ("2H", 7_200),
        ])
    func relative(text: String, seconds: Double) throws {
        #expect(try start(text) == noon - seconds)
    }

    @Test("A date and a time of day are those of the clocks here, unless a zone is said")
    func zones() throws {
        // 2025-11-24 14:03 in Greenwich.
        #expect(try start("2025-11-24 16:03") == noon)
        #expect(try start("2025-11-24T16:03:00") == noon)
        #expect(try start("2025-11-24T14:03:00Z") == noon)
        #expect(try start("2025-11-24T15:03:00+01:00") == noon)
        #expect(try start("2025-11-24T09:03-0500") == noon)
        #expect(try start("2025-11-24T14:03:30.25Z") == noon + 30.25)
        #expect(try start(" 2025-11-24 16:03 ") == noon)
    }

    @Test("A date alone begins at its midnight and ends at the next")
    func days() throws {
        let day = try #require(Moment("2025-11-24"))
        #expect(day.start(surroundings) == noon - 14 * 3_600 - 180 - 7_200)
        #expect(day.end(surroundings) == day.start(surroundings) + 86_400)
        let time = try #require(Moment("2025-11-24 16:03"))
        #expect(time.end(surroundings) == noon)
        let leap = try #require(Moment("2024-02-29"))
        #expect(leap.end(surroundings) - leap.start(surroundings) == 86_400)
    }

    @Test("A day on which the clocks change is as long as it is")
    func change() throws {
        // An hour ahead until 2025-03-30 01:00 in Greenwich, then two.
        let change = 1_743_296_400.0
        var surroundings = surroundings
        surroundings.localTime = { utc($0 + ($0 < change ? 3_600 : 7_200)) }
        let day = try #require(Moment("2025-03-30"))
        #expect(day.end(surroundings) - day.start(surroundings) == 23 * 3_600)
        let before = try #require(Moment("2025-03-30 01:59")).start(surroundings)
        #expect(before == change - 60)
        let after = try #require(Moment("2025-03-30 03:01")).start(surroundings)
        #expect(after == change + 60)
    }

    @Test(
        "What is none",
        arguments: [
            "", "yesterday", "2h30", "h", "-2h", "0d", "2.5h", "2025", "2025-11", "2025-13-01",
            "2025-02-29", "2025-11-24 24:00", "2025-11-24 12:60", "2025-11-24 noon",
            "2025-11-24T14:03:00+25:00", "2025-11-24T14:03:00 CET", "2025-11-24x", "11-24-2025",
            "99999999999w", "９d", "2025-11-24T14:03:60Z", "2025-00-10", "2025-11-00",
        ])
    func wrong(text: String) {
        #expect(Moment(text) == nil)
    }

    @Test(
        "A length of time says itself in its largest unit",
        arguments: [
            ("1d", "1 day"), ("48h", "2 days"), ("90m", "90 minutes"), ("14d", "2 weeks"),
            ("3601s", "3,601 seconds"), ("1h", "1 hour"),
        ])
    func spans(text: String, description: String) throws {
        #expect(try #require(Span(text)).description == description)
    }

    @Test("Every day is found again by its number")
    func calendar() {
        for number in stride(from: -200_000, to: 200_000, by: 17) {
            let date = CivilDate.date(number)
            #expect(CivilDate.number(date.year, date.month, date.day) == number)
        }
        #expect(CivilDate.weekday(2025, 11, 24) == 1)
        #expect(CivilDate.number(1970, 1, 1) == 0)
    }
}
