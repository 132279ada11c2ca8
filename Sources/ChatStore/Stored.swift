import ChatValues
import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How values stand in the database. GRDB's blobs are `Data`.
enum Stored {
    static func key(_ fingerprint: Fingerprint) -> Data { Data(fingerprint.bytes) }

    /// A text's bytes, for `CAST(? AS TEXT)`. GRDB hands texts to SQLite, and takes them from it,
    /// up to the first NUL: a stranger's name `bob\0evil` would come back as `bob`.
    static func text(_ text: String) -> Data { Data(text.utf8) }

    static func fingerprint(_ column: String, of row: Row) throws -> Fingerprint {
        guard let fingerprint = Fingerprint(bytes: try row.decode(Data.self, forColumn: column))
        else { throw UnknownValue(column: column) }
        return fingerprint
    }

    static func text(_ column: String, of row: Row) throws -> String {
        String(decoding: try row.decode(Data.self, forColumn: column), as: UTF8.self)
    }

    static func optionalText(_ column: String, of row: Row) throws -> String? {
        try row.decode(Data?.self, forColumn: column).map { String(decoding: $0, as: UTF8.self) }
    }

    static func choice<Choice: RawRepresentable<String>>(
        _ column: String, of row: Row
    ) throws -> Choice {
        guard let choice = Choice(rawValue: try text(column, of: row)) else {
            throw UnknownValue(column: column)
        }
        return choice
    }
}

/// A value that the schema's checks would have refused: somebody switched them off.
struct UnknownValue: Error, CustomStringConvertible {
    let column: String
    var description: String { "\(column) holds no known value" }
}
