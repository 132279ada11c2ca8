internal import ArgumentParser
internal import ChatIdentity
internal import ChatValues

/// Whose identity, and where it lies.
struct HomeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whose identity; the only one there is where not given.", valueName: "name"),
        transform: UserName.init)
    var user: UserName?

    @Option(help: ArgumentHelp("The folder that the users' folders lie in.", valueName: "dir"))
    var home: String?

    func selectedUser() throws(IdentityError) -> UserFolder {
        try IdentityHome.resolve(option: home).select(user)
    }
}
