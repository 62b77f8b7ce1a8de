import Synchronization

/// Answers that many want: each question is asked once, and again where that failed.
package final class SharedAnswers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
    private let tasks = Mutex<[Question: Task<Answer, any Error>]>([:])

    package init() {}

    /// - Throws: what the asking throws, to all who share it. Who asks later asks anew.
    package func answer(
        to question: Question, _ ask: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let task = begin(question, ask)
        do {
            return try await task.value
        } catch {
            // Another may have been asked in its place by now.
            tasks.withLock { if $0[question] == task { $0[question] = nil } }
            throw error
        }
    }

    /// Asks, where nobody has, without waiting for the answer.
    @discardableResult
    package func begin(_ question: Question, _ ask: @escaping @Sendable () async throws -> Answer) -> Task<
        Answer, any Error
    > {
        tasks.withLock { tasks in
            let task = tasks[question] ?? Task { try await ask() }
            tasks[question] = task
            return task
        }
    }
}
