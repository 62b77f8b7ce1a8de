import Diagnostics
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// When credentials are renewed, for whom, and what a failure does.
@Suite struct CredentialsCacheTests {
    /// Issues one set of keys after the other, as long-lived as is said; fails when it is told to.
    private final class Issuer: CredentialIssuer {
        struct Failed: Error {}

        private struct State {
            var count = 0
            var isFailing = false
            var life: Int?
            /// Who waits to be let through.
            var held: [CheckedContinuation<Void, Never>]?
        }

        private let state: Mutex<State>
        private let now: @Sendable () -> Double

        init(life: Int?, holding: Bool = false, now: @escaping @Sendable () -> Double) {
            state = Mutex(State(life: life, held: holding ? [] : nil))
            self.now = now
        }

        var count: Int { state.withLock { $0.count } }

        func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

        func letThrough() {
            let held = state.withLock { state in
                defer { state.held = nil }
                return state.held ?? []
            }
            for one in held { one.resume() }
        }

        func issue() async throws -> AWSCredentials {
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    state.count += 1
                    state.held?.append(continuation)
                    return state.held != nil
                }
                if !isHeld { continuation.resume() }
            }
            return try state.withLock { state in
                if state.isFailing { throw Failed() }
                return AWSCredentials(
                    accessKeyID: "key\(state.count)", secretAccessKey: Redacted("s"),
                    expiration: state.life.map { Int(now()) + $0 }, source: "test")
            }
        }
    }

    private final class Time: Sendable {
        private let value = Mutex(1_000_000.0)
        var now: Double { value.withLock { $0 } }
        func pass(minutes: Double) { value.withLock { $0 += minutes * 60 } }
    }

    private let time = Time()

    private func cache(life: Int?, holding: Bool = false) -> (CachedCredentials, Issuer) {
        let issuer = Issuer(life: life, holding: holding) { [time] in time.now }
        return (CachedCredentials(issuer) { [time] in time.now }, issuer)
    }

    @Test func aHundredAskersShareOneRenewal() async throws {
        let (cache, issuer) = cache(life: 3600, holding: true)
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.credentials(replacing: nil).accessKeyID } }
            try await eventually { await cache.waiting.count == 100 }
            issuer.letThrough()
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(keys == Array(repeating: "key1", count: 100))
        #expect(issuer.count == 1)
    }

    @Test func aHundredAskersOfExpiredKeysShareOneRenewal() async throws {
        let (cache, issuer) = cache(life: 3600)
        let old = try await cache.credentials(replacing: nil)
        time.pass(minutes: 70)
        let keys = try await withThrowingTaskGroup(of: AWSCredentials.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.credentials(replacing: nil) } }
            return try await group.reduce(into: Set<AWSCredentials>()) { $0.insert($1) }
        }
        #expect(keys.map(\.accessKeyID) == ["key2"])
        #expect(!keys.contains(old))
        #expect(issuer.count == 2)
    }

    @Test func keysWithoutEndAreNeverRenewed() async throws {
        let (cache, issuer) = cache(life: nil)
        for _ in 0..<3 {
            _ = try await cache.credentials(replacing: nil)
            time.pass(minutes: 100_000)
        }
        #expect(issuer.count == 1)
    }

    @Test func keysAreKeptUntilFifteenMinutesBeforeTheirEnd() async throws {
        let (cache, issuer) = cache(life: 3600)
        _ = try await cache.credentials(replacing: nil)
        time.pass(minutes: 45)
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "key1")
        #expect(issuer.count == 1)
    }

    @Test func inTheAdvisoryWindowTheOldOnesAreGivenOutMeanwhile() async throws {
        let (cache, issuer) = cache(life: 3600)
        _ = try await cache.credentials(replacing: nil)
        time.pass(minutes: 46)
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "key1")
        try await eventually { try await cache.credentials(replacing: nil).accessKeyID == "key2" }
        #expect(issuer.count == 2)
    }

    @Test func aFailureInTheAdvisoryWindowIsOfNoAccount() async throws {
        let (cache, issuer) = cache(life: 3600)
        _ = try await cache.credentials(replacing: nil)
        time.pass(minutes: 46)
        issuer.fail(true)
        for _ in 0..<20 { #expect(try await cache.credentials(replacing: nil).accessKeyID == "key1") }
        try await eventually { issuer.count == 2 }
        // It is not tried again at once.
        for _ in 0..<20 { #expect(try await cache.credentials(replacing: nil).accessKeyID == "key1") }
        #expect(issuer.count == 2)
        time.pass(minutes: 1.5)
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "key1")
        try await eventually { issuer.count == 3 }
    }

    @Test func aFailureInTheMandatoryWindowIsTold() async throws {
        let (cache, issuer) = cache(life: 3600)
        _ = try await cache.credentials(replacing: nil)
        time.pass(minutes: 51)
        issuer.fail(true)
        await #expect(throws: Issuer.Failed.self) { try await cache.credentials(replacing: nil) }
        issuer.fail(false)
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "key3")
    }

    @Test func shortSessionsAreNotRenewedAtEachCall() async throws {
        let (cache, issuer) = cache(life: 5 * 60)
        for _ in 0..<10 { _ = try await cache.credentials(replacing: nil) }
        #expect(issuer.count == 1)
        time.pass(minutes: 2)
        #expect(try await cache.credentials(replacing: nil).accessKeyID == "key2")
    }

    @Test func keysThatHaveExpiredAlreadyAreAnError() async throws {
        let (cache, _) = cache(life: -60)
        let problem = await #expect(throws: Diagnostic.self) { try await cache.credentials(replacing: nil) }
        #expect(problem?.code == .awsExpired)
    }

    @Test func refusedKeysAreReplacedOnceForAll() async throws {
        let (cache, issuer) = cache(life: 3600)
        let refused = try await cache.credentials(replacing: nil)
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await cache.credentials(replacing: refused).accessKeyID } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(keys == ["key2"])
        #expect(issuer.count == 2)
    }

    @Test func keysThatStayTheSameAreNotAskedForAgain() async throws {
        let keys = AWSCredentials(accessKeyID: "k", secretAccessKey: Redacted("s"), source: "test")
        let issuer = SameKeys(keys: keys)
        let cache = CachedCredentials(issuer) { [time] in time.now }
        for _ in 0..<5 { #expect(try await cache.credentials(replacing: keys) == keys) }
        #expect(issuer.count == 2)
    }

    private final class SameKeys: CredentialIssuer {
        private let counted = Mutex(0)
        let keys: AWSCredentials
        init(keys: AWSCredentials) { self.keys = keys }
        var count: Int { counted.withLock { $0 } }
        func issue() async throws -> AWSCredentials {
            counted.withLock { $0 += 1 }
            return keys
        }
    }

    @Test func whoeverGivesUpDoesNotEndTheOthersRenewal() async throws {
        let (cache, issuer) = cache(life: 3600, holding: true)
        let impatient = Task { try await cache.credentials(replacing: nil) }
        let patient = Task { try await cache.credentials(replacing: nil) }
        try await eventually { await cache.waiting.count == 2 }
        impatient.cancel()
        try await eventually { await cache.waiting.count == 1 }
        issuer.letThrough()
        #expect(try await patient.value.accessKeyID == "key1")
        #expect(issuer.count == 1)
    }
}
