import ArgumentParser

/// For how long messages are to be kept, as a person writes it.
enum RetentionTerm: Equatable, Sendable {
    case forever
    case span(Span)

    /// Nil for what is none.
    init?(_ text: String) {
        if text.lowercased() == "forever" {
            self = .forever
        } else if let span = Span(text) {
            self = .span(span)
        } else {
            return nil
        }
    }

    /// Nil for ever.
    var seconds: Double? {
        if case .span(let span) = self { span.seconds } else { nil }
    }

    /// As in "Messages with bob are kept for 2 weeks."
    ///
    /// - Parameter name: safe to show.
    static func sentence(_ seconds: Double?, with name: String) -> String {
        let term = seconds.map { "for \(Span(seconds: $0).description)" } ?? "for ever"
        return "Messages with \(name) are kept \(term)."
    }
}
