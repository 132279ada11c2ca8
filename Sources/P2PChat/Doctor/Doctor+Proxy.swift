import ChatCore
import ChatTransport

/// The SOCKS5 proxy that everything goes through, and what that leaves off.
extension Doctor {
    /// Of the p2pchat that runs, or the one that would.
    var proxy: PeerAddress? { live == nil ? subject.proxy : live?.proxy }

    func throughProxy() async -> Diagnosis {
        guard let proxy else {
            return Diagnosis(
                .proxy, .off, "No proxy is used.", command: "ss -tnp state established")
        }
        let command = "curl -v --socks5-hostname \(proxy) https://example.org"
        if let problem = await ProxyCheck.problem(of: proxy) {
            return Diagnosis(
                .proxy, .problem, problem,
                advice: "Until it works nobody is reached: there is no way around it.",
                command: command)
        }
        return Diagnosis(
            .proxy, .fine, "The SOCKS5 proxy at \(proxy) takes connections, and all go through it.",
            command: command)
    }

    /// Whether others may reach this machine itself, beside the proxy.
    func listeningBeside(_ place: PeerAddress) -> Diagnosis? {
        guard proxy != nil, !place.isLoopback else { return nil }
        return Diagnosis(
            .listening, .problem,
            "Whoever connects to \(place) sees your certificate at this machine's own address, "
                + "proxy or not.",
            advice:
                "Listen on 127.0.0.1 alone, and let an onion service lead there, or not at all.",
            command: "ss -tlnp 'sport = :\(place.port)'")
    }

    /// What does not go through a proxy.
    func leftOff(_ area: Diagnosis.Area, _ what: String, command: String) -> Diagnosis? {
        guard let proxy else { return nil }
        return Diagnosis(
            area, .off, "\(what), since everything goes through the proxy at \(proxy).",
            command: command)
    }
}
