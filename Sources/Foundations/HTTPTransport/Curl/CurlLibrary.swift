import CCurl
import Diagnostics

/// libcurl, opened when it is first asked for, at the latest by the first request, and for as long as the process lives.
///
/// Unchecked: the table is filled once, before anybody else sees it, and only read from then on.
struct CurlLibrary: @unchecked Sendable {
    let functions: UnsafePointer<ccurl_library>

    /// The library of this process, or why there is none.
    static let shared = Result { () throws(Diagnostic) in try CurlLibrary(opening: "libcurl.so.4") }

    /// The first release with everything that is used: CURLOPT_PREREQFUNCTION.
    private static let minimum: (number: UInt32, name: String) = (0x075000, "7.80.0")

    /// Throws when the library is not there, or too old.
    init(opening name: String) throws(Diagnostic) {
        let table = UnsafeMutablePointer<ccurl_library>.allocate(capacity: 1)
        if let problem = ccurl_open(name, table) {
            let why = String(cString: problem)
            table.deallocate()
            throw Self.unavailable(why)
        }
        // Thread-safe since 7.84, and here it runs once in any case.
        let result = table.pointee.global_init(Int(CURL_GLOBAL_DEFAULT))
        guard result == CURLE_OK else { throw Self.unavailable("libcurl cannot be started (error \(result.rawValue))") }
        guard let version = table.pointee.version_info(CURLVERSION_FIRST)?.pointee,
            version.version_num >= Self.minimum.number
        else { throw Self.unavailable("libcurl is older than \(Self.minimum.name)") }
        functions = UnsafePointer(table)
    }

    private static func unavailable(_ why: String) -> Diagnostic {
        Diagnostic(
            .error, .httpLibrary, "libcurl cannot be opened, and without it nothing remote can be reached", why: why,
            fix: "Install it: apt-get install libcurl4")
    }
}
