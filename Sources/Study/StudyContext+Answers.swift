internal import Synchronization
internal import Tensor
internal import Tracker

extension StudyContext {
  /// Asks the database several questions beside each other, each thread through a connection of its
  /// own.
  ///
  /// - Parameters:
  ///   - questions: The queries with their parameters.
  ///   - answered: Receives the number of answers so far.
  ///   - ask: Answers one question from the file that it is given.
  /// - Returns: The answers, in the order of the questions.
  /// - Throws: What opening the connections throws, ``StudyError/interrupted``, or the error of the
  ///   first question that has one.
  func answers<Question: Sendable, Answer: Sendable>(
    to questions: [Question], answered: (Int) -> Void = { _ in },
    _ ask: (Question, Tracker) throws -> Answer
  ) throws -> [Answer] {
    let workers = min(parallelism.threads, questions.count)
    let readers =
      questions.count > 1 ? try (0..<workers).map { _ in try tracker.reader() } : [tracker]
    let outcomes = Mutex([Result<Answer, any Error>?](repeating: nil, count: questions.count))
    parallelism.forEachShard(questions.count) { index, worker in
      let outcome = Result {
        guard !isCancelled() else { throw StudyError.interrupted }
        return try ask(questions[index], readers[worker])
      }
      outcomes.withLock { outcomes in
        outcomes[index] = outcome
        answered(outcomes.count { $0 != nil })
      }
    }
    return try outcomes.withLock { try $0.compactMap { try $0?.get() } }
  }
}
