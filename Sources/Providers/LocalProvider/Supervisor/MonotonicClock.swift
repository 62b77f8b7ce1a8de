#if canImport(Glibc)
    import Glibc
#endif

/// Milliseconds of CLOCK_MONOTONIC: time that never goes back.
enum MonotonicClock {
    static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
