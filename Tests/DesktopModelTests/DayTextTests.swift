import P2PChat
import Testing

@testable import ChatDesktopModel

/// Days and times in words.
struct DayTextTests {
    @Test(arguments: [
        (0.0, "Today"), (1, "Yesterday"), (2, "Friday"), (5, "Tuesday"), (7, "15 November"),
        (400, "18 October 2025"),
    ])
    func daysAreSaidAsPeopleSayThem(daysAgo: Double, words: String) {
        #expect(DayText.day(of: noon - daysAgo * 86_400, now: noon, utc) == words)
    }

    @Test(arguments: [
        (0.0, "12:00"), (1, "Yesterday"), (2, "Fri"), (7, "15 Nov"), (400, "2025"),
    ])
    func inAListTheyAreShort(daysAgo: Double, words: String) {
        #expect(DayText.brief(noon - daysAgo * 86_400, now: noon, utc) == words)
    }

    @Test func aTimeBeyondCalendarsIsNoCrash() {
        #expect(DayText.day(of: .infinity, now: noon, LocalTime.system) == "Some day")
        #expect(DayText.brief(1e300, now: noon, LocalTime.system) == "")
    }
}
