internal import ArgumentParser
internal import ChatIdentity
internal import ChatValues

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the fingerprint of your own certificate, or of those in a file.")

    @OptionGroup var options: HomeOptions

    @Argument(help: "A file with one certificate or several.")
    var file: String?

    @Flag(help: "Print one JSON object for each certificate, on a line of its own.")
    var json = false

    func validate() throws {
        guard file == nil || options.user == nil && options.home == nil else {
            throw ValidationError("Give either a file, or --user and --home, not both.")
        }
    }

    func run() throws {
        let path: String
        let certificates: [Certificate]
        if let file {
            path = file
            certificates = try Certificate.certificates(inFile: file)
        } else {
            let folder = try options.selectedUser()
            path = folder.certificatePath
            certificates = [try folder.certificate()]
        }
        for (index, certificate) in certificates.enumerated() {
            if json {
                try Output.write(jsonFields: [
                    ("name", certificate.commonName),
                    ("fingerprint", certificate.fingerprint.description),
                    ("key_type", certificate.keyType?.rawValue),
                    ("file", path),
                ])
            } else {
                if index > 0 { try Output.write("\n") }
                try Output.write(fields: [
                    ("Name", certificate.commonName ?? "(none)"),
                    (
                        "Key type",
                        certificate.keyType?.rawValue ?? "(one that p2pchat does not take)"
                    ),
                    ("Fingerprint", certificate.fingerprint.description),
                    ("File", path),
                ])
            }
        }
    }
}
