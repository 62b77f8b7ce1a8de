/// One part of `NO_PROXY`: `*`, an address, a block of addresses (`10.0.0.0/8`), or a domain; an address and a domain
/// can have a port.
enum ProxyException: Sendable, Hashable {
    case everything
    case block(IPAddress, prefix: Int, port: Int?)
    /// `suffix` begins with a dot; the bare domain counts unless the exception was written with a leading dot.
    case domain(suffix: String, withItself: Bool, port: Int?)

    init?(_ text: String) {
        let entry = String(text.filter { $0 != " " && $0 != "\t" }).lowercased()
        if entry == "*" {
            self = .everything
            return
        }
        if let slash = entry.firstIndex(of: "/") {
            guard let address = IPAddress(String(entry[..<slash])),
                let prefix = Int(entry[entry.index(after: slash)...]),
                (0...address.bytes.count * 8).contains(prefix)
            else { return nil }
            self = .block(address, prefix: prefix, port: nil)
            return
        }
        if let address = IPAddress(entry) {
            self = .block(address, prefix: address.bytes.count * 8, port: nil)
            return
        }
        guard let (host, port) = HTTPURL.hostAndPort(entry[...]) else { return nil }
        if let address = IPAddress(host) {
            self = .block(address, prefix: address.bytes.count * 8, port: port)
            return
        }
        let domain = host.hasPrefix("*.") ? String(host.dropFirst()) : host
        let isSuffix = domain.hasPrefix(".")
        self = .domain(suffix: isSuffix ? domain : ".\(domain)", withItself: !isSuffix, port: port)
    }

    func covers(host: String, address: IPAddress?, port: Int) -> Bool {
        switch self {
        case .everything: true
        case .block(let block, let prefix, let only):
            (only ?? port) == port && address?.isIn(block, prefix: prefix) == true
        case .domain(let suffix, let withItself, let only):
            (only ?? port) == port && (host.hasSuffix(suffix) || (withItself && host == suffix.dropFirst()))
        }
    }
}
