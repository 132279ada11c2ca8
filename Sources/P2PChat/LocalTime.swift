#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment as clocks on the wall here show it.
public struct LocalTime: Equatable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int
    public var hour: Int
    public var minute: Int
    /// 0 is Sunday.
    public var weekday: Int

    public init(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, weekday: Int
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.weekday = weekday
    }

    /// Nil for what no calendar reaches: peers may claim any number.
    ///
    /// - Parameter seconds: since 1970.
    public static func system(_ seconds: Double) -> LocalTime? {
        guard seconds.isFinite, abs(seconds) < 253_402_300_800 else { return nil }
        var time = time_t(seconds.rounded(.down))
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return nil }
        return LocalTime(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), weekday: Int(parts.tm_wday))
    }

    /// As in 14:03.
    public var clock: String { "\(Self.two(hour)):\(Self.two(minute))" }

    /// As in 2025-11-24.
    public var date: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

    /// As in Monday, 2025-11-24.
    public var longDate: String {
        let names = [
            "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
        ]
        return names.indices.contains(weekday) ? "\(names[weekday]), \(date)" : date
    }

    public func isSameDay(as other: LocalTime) -> Bool {
        (year, month, day) == (other.year, other.month, other.day)
    }

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
