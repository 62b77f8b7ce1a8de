/// The address of a request, in the pieces that RFC 3986 gives an `http` or `https` URL.
///
/// There is no place for a user name and a password: what prints a URL cannot leak them.
package struct HTTPURL: Sendable, Hashable {
    package enum Scheme: String, Sendable, Hashable {
        case http
        case https

        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package var scheme: Scheme
    /// A name or an address; an IPv6 address stands without its brackets.
    package var host: String
    /// Nil for the scheme's own.
    package var port: Int?
    /// Begins with `/` and is percent-encoded already; sent as it stands.
    package var path: String
    /// Without the `?`, percent-encoded already; sent as it stands.
    package var query: String?

    package init(scheme: Scheme = .https, host: String, port: Int? = nil, path: String = "/", query: String? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// Reads `scheme://host[:port][/path][?query]`. Nil for anything else: another scheme, user information,
    /// a fragment, an empty host, a port that is none.
    package init?(_ text: String) {
        guard let separator = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()),
            !text.contains("#")
        else { return nil }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@"), let (host, port) = Self.hostAndPort(authority) else { return nil }
        let target = rest.dropFirst(authority.count)
        let path = target.prefix { $0 != "?" }
        self.init(
            scheme: scheme, host: host, port: port, path: path.isEmpty ? "/" : String(path),
            query: path.count < target.count ? String(target.dropFirst(path.count + 1)) : nil)
    }

    /// Splits `host`, `host:port`, `[::1]` or `[::1]:port`.
    static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let number = UInt16(authority[authority.index(after: colon)...]) else { return nil }
            port = Int(number)
            host = authority[..<colon]
        }
        if host.first == "[" {
            guard host.last == "]" else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// `host:port` as a `Host` header and a URL have it: the scheme's own port is left out.
    package var authority: String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return port.map { $0 == scheme.defaultPort ? bracketed : "\(bracketed):\($0)" } ?? bracketed
    }

    /// The path and the query, as a request line has them.
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// Every byte but the unreserved ones of RFC 3986 (letters, digits, `-._~`) as `%XX`, so that `text` can be a
    /// segment of a path or a part of a query.
    package static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What ``percentEncoded(_:)`` was given; nil for what is not percent-encoded UTF-8.
    package static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let value = UInt8(
                    rest.prefix(2).map { Character(UnicodeScalar($0)) }.reduce(into: "") { $0.append($1) }, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension HTTPURL: CustomStringConvertible {
    /// The whole URL, as it is sent. A query can hold a signature: messages print ``withoutQuery``.
    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }

    /// What may be shown: everything but the query's contents.
    package var withoutQuery: String { "\(scheme.rawValue)://\(authority)\(path)" }
}
