public import P2PChat

/// Days and times as people say them.
public enum DayText {
    public typealias LocalClock = @Sendable (Double) -> LocalTime?

    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// As in Today, Yesterday, Tuesday, 24 November, 24 November 2025.
    public static func day(
        of time: Double, now: Double, _ localTime: LocalClock = LocalTime.system
    ) -> String {
        guard let moment = localTime(time), let today = localTime(now) else { return "Some day" }
        if moment.isSameDay(as: today) { return "Today" }
        if let yesterday = localTime(now - 86_400), moment.isSameDay(as: yesterday) {
            return "Yesterday"
        }
        if time < now, now - time < 6 * 86_400, weekdays.indices.contains(moment.weekday) {
            return weekdays[moment.weekday]
        }
        let month =
            months.indices.contains(moment.month - 1) ? months[moment.month - 1] : "\(moment.month)"
        let day = "\(moment.day) \(month)"
        return moment.year == today.year ? day : "\(day) \(moment.year)"
    }

    /// As in 14:03, Yesterday, Tue, 24 Nov, 2025: for the narrow place in a list.
    public static func brief(
        _ time: Double, now: Double, _ localTime: LocalClock = LocalTime.system
    ) -> String {
        guard let moment = localTime(time), let today = localTime(now) else { return "" }
        if moment.isSameDay(as: today) { return moment.clock }
        let day = day(of: time, now: now, localTime)
        if weekdays.contains(day) { return String(day.prefix(3)) }
        guard day != "Yesterday", moment.year == today.year,
            months.indices.contains(moment.month - 1)
        else { return day == "Yesterday" ? day : "\(moment.year)" }
        return "\(moment.day) \(months[moment.month - 1].prefix(3))"
    }

    public static func clock(
        _ time: Double, _ localTime: LocalClock = LocalTime.system
    ) -> String {
        localTime(time)?.clock ?? ""
    }

    /// As in Last seen today at 14:03.
    public static func lastSeen(
        _ time: Double, now: Double, _ localTime: LocalClock = LocalTime.system
    ) -> String {
        let day = day(of: time, now: now, localTime)
        let word = ["Today", "Yesterday"].contains(day) ? day.lowercased() : day
        return "Last seen \(word) at \(clock(time, localTime))"
    }
}
