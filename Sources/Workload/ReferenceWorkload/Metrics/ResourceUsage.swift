import Glibc

/// Measures the share of the machine, or of the container's limits, that this process uses.
///
/// Limits come from cgroup v2 (`memory.max`, `cpu.max`) where they are set, else from the machine.
struct ResourceUsage {
    private let memoryLimit: Double
    private let processors: Double
    private var lastInstant: ContinuousClock.Instant
    private var lastSeconds: Double

    init(now: ContinuousClock.Instant) {
        let pages = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
        memoryLimit = Self.limit("/sys/fs/cgroup/memory.max").flatMap { $0.first }.map { min($0, pages) } ?? pages
        let online = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let quota = Self.limit("/sys/fs/cgroup/cpu.max").flatMap { $0.count == 2 ? $0[0] / $0[1] : nil }
        processors = quota.map { min($0, online) } ?? online
        lastInstant = now
        lastSeconds = Self.processorSeconds()
    }

    /// The CPU share since the last call (0-1), and the memory share at this moment (0-1).
    mutating func sample(now: ContinuousClock.Instant) -> (cpu: Double, memory: Double) {
        let seconds = Self.processorSeconds()
        let elapsed = (now - lastInstant) / .seconds(1)
        let cpu = elapsed > 0 ? (seconds - lastSeconds) / elapsed / processors : 0
        (lastInstant, lastSeconds) = (now, seconds)
        return (min(max(cpu, 0), 1), min(max(Self.residentBytes() / memoryLimit, 0), 1))
    }

    /// The numbers of a cgroup file; nil when the file isn't there or sets no limit ("max").
    private static func limit(_ path: String) -> [Double]? {
        guard let bytes = try? FileBytes.read(path, upTo: 4096) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let numbers = words.compactMap { Double($0) }
        return numbers.count == words.count && !numbers.isEmpty ? numbers : nil
    }

    private static func processorSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }

    /// The second number of `/proc/self/statm` (proc(5)): resident pages.
    private static func residentBytes() -> Double {
        guard let bytes = try? FileBytes.read("/proc/self/statm", upTo: 4096) else { return 0 }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return (words.count > 1 ? Double(words[1]) ?? 0 : 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}
