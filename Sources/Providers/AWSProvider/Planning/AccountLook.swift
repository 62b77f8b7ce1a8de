import ServiceModel
import Synchronization

/// What an account has, listed once for all the plans of a fleet instead of asked for one by one with each.
///
/// It stands for moments, and for the first plan of each service: another plan of it has to look anew.
final class AccountLook: Sendable {
    private struct State {
        var began = ContinuousClock.now
        var answers = SharedAnswers<String, any Sendable>()
        var planned: Set<ServiceIdentity> = []
    }

    private let life: Duration
    private let state = Mutex(State())

    /// - Parameter life: how long what was read is taken for what is there.
    init(life: Duration = .seconds(30)) {
        self.life = life
    }

    /// Whether the service is planned for the first time.
    func begins(_ service: ServiceIdentity) -> Bool { state.withLock { $0.planned.insert(service).inserted } }

    /// The answer to a question that all have: asked once, and again where that failed or was long ago.
    func once<Value: Sendable>(
        _ question: String, _ ask: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let answers = state.withLock { state in
            if ContinuousClock.now - state.began > life {
                state.began = .now
                state.answers = SharedAnswers()
            }
            return state.answers
        }
        guard let value = try await answers.answer(to: question, ask) as? Value else { return try await ask() }
        return value
    }
}
