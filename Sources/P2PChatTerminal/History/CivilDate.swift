import P2PChat

/// Days of the Gregorian calendar, after Howard Hinnant's days_from_civil and civil_from_days.
enum CivilDate {
    /// Days since 1970-01-01.
    static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    /// The midnight that begins a day, given in days since 1970-01-01.
    static func date(_ number: Int) -> LocalTime {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return LocalTime(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * part + 2) / 5 + 1, hour: 0, minute: 0,
            weekday: ((number + 4) % 7 + 7) % 7)
    }

    /// 0 is Sunday.
    static func weekday(_ year: Int, _ month: Int, _ day: Int) -> Int {
        date(number(year, month, day)).weekday
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Seconds since 1970 at which a clock in Greenwich shows this.
    static func seconds(_ time: LocalTime) -> Double {
        Double(number(time.year, time.month, time.day)) * 86_400
            + Double(time.hour * 3_600 + time.minute * 60)
    }

    /// Seconds since 1970 at which a clock shows this where `localTime` is the time. In the hour
    /// that spring skips, a time nearby.
    static func seconds(_ time: LocalTime, at localTime: (Double) -> LocalTime?) -> Double {
        let shown = seconds(time)
        var found = shown
        // The zone's offset is looked up where it is thought to be, and once more where that led.
        for _ in 0..<3 {
            guard let there = localTime(found) else { break }
            found += shown - seconds(there)
        }
        return found
    }
}
