/// Why nothing is read from peers at the moment: TCP makes them wait.
struct ReadingPause: OptionSet {
    let rawValue: Int

    /// The front end has fallen behind with the events.
    static let events = ReadingPause(rawValue: 1)
    /// More waits for the disk than is to be kept in memory.
    static let journal = ReadingPause(rawValue: 2)
    /// The disk refuses what comes in.
    static let disk = ReadingPause(rawValue: 4)
}

extension Node {
    var readingPaused: Bool { !pauses.isEmpty }

    func pauseReading(_ reason: ReadingPause) {
        let wasReading = pauses.isEmpty
        pauses.insert(reason)
        guard wasReading else { return }
        for session in sessions.values { session.link.setReading(false) }
    }

    func resumeReading(_ reason: ReadingPause) {
        guard pauses.remove(reason) != nil, pauses.isEmpty else { return }
        for session in sessions.values { session.link.setReading(true) }
    }
}
