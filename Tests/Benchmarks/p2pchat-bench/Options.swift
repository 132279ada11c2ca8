import ChatIdentity
import ChatValues

/// What the command line said: `NAME=VALUE`, in any order.
struct Options {
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) throws {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw Complaint("\(argument) is not NAME=VALUE") }
            values[String(parts[0])] = String(parts[1])
        }
    }

    func text(_ name: String) throws -> String {
        guard let value = values[name] else { throw Complaint("\(name)= is needed") }
        return value
    }

    func has(_ name: String) -> Bool { values[name] != nil }

    func number(_ name: String, default standard: Int? = nil) throws -> Int {
        guard let text = values[name] else {
            if let standard { return standard }
            throw Complaint("\(name)= is needed")
        }
        guard let value = Int(text) else { throw Complaint("\(name)=\(text) is not a number") }
        return value
    }

    /// The identity in `home=FOLDER`, of `user=NAME`.
    func identity() throws -> Identity {
        let home = IdentityHome(path: try text("home"))
        return try home.user(UserName(try text("user"))).load(passphrase: nil)
    }

    /// The fingerprints in the file `pins=`, one to a line.
    func pins() throws -> [Fingerprint] {
        try Files.read(text("pins")).split(separator: "\n").map { line in
            guard let fingerprint = Fingerprint(String(line)) else {
                throw Complaint("\(line) is not a fingerprint")
            }
            return fingerprint
        }
    }

    /// The first `count` key pairs of the file `identities=`.
    func identities(_ count: Int) throws -> [Identity] {
        var found: [Identity] = []
        var pair: [UInt8] = []
        for line in try Files.read(text("identities")).split(separator: "\n") {
            pair += Array(line.utf8) + [UInt8(ascii: "\n")]
            guard line == "-----END CERTIFICATE-----" else { continue }
            found.append(
                try Identity(
                    certificate: Certificate.certificates(inPEM: pair)[0],
                    privateKey: PrivateKey(pem: pair, passphrase: nil)))
            if found.count == count { return found }
            pair = []
        }
        throw Complaint("there are too few identities")
    }
}

/// What keeps the program from measuring, in words.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
