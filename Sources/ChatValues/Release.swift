/// What the programs of this package say to `--version`.
public enum Release {
    public static let version = "0.1.0"
}
