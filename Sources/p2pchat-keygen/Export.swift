internal import ArgumentParser
internal import ChatIdentity
internal import ChatValues

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write your certificate to a file, to give it away.")

    @OptionGroup var options: HomeOptions

    @Option(
        help: ArgumentHelp(
            "A file, a folder, or '-' for standard output. (default: ./NAME.pem)",
            valueName: "path"))
    var out: String?

    @Flag(help: "Replace what is there, and keep the old beside the new.")
    var force = false

    func run() throws {
        let folder = try options.selectedUser()
        let certificate = try folder.certificate()
        if out == "-" { return try Output.write(certificate.pem) }
        let file = CertificateFile(path: out, defaultName: "\(folder.userName).pem")
        let outcome = try file.write(certificate, replacing: force)
        var fields = [
            ("Certificate", file.path), ("Fingerprint", certificate.fingerprint.description),
        ]
        if case .replaced(let path) = outcome { fields.append(("Kept", path)) }
        try Output.write(fields: fields)
    }
}
