@main
struct Keygen {
    static func main() {}
}
