import P2PChat

/// Standard input as lines, read no faster than they are taken.
final class StandardInput: Sendable {
    private let thread: BlockingThread

    /// Nil where the system has no more threads or descriptors.
    init?() {
        guard let thread = BlockingThread() else { return nil }
        self.thread = thread
    }

    /// Hands over each line in turn until the end of input, or until the body returns false.
    ///
    /// - Parameter limit: bytes in a line.
    func forEachLine(limit: Int, _ body: (LineSplitter.Line) async -> Bool) async {
        var splitter = LineSplitter(limit: limit)
        while true {
            let bytes = await thread.run { Descriptors.read(from: 0) }
            if bytes.isEmpty { break }
            for line in splitter.add(bytes) {
                guard await body(line) else { return }
            }
        }
        if let line = splitter.finish() { _ = await body(line) }
    }
}
