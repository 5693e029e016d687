import Foundation
import Testing

/// Threads for tests that start programs and wait for them.
///
/// Swift's own pool has a thread a core, and a test that waits holds one: while two tests wait, cores
/// are idle. Here more tests are under way than there are cores, and Swift's pool is left to the tests
/// that compute.
final class ProgramThreads: TaskExecutor {
  static let shared = ProgramThreads()

  private let queue = OperationQueue()

  private init() {
    queue.name = "tests that start programs"
    // Such a test waits for most of its time. Many more than these would only hold memory.
    queue.maxConcurrentOperationCount = 4 * ProcessInfo.processInfo.activeProcessorCount
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.addOperation { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs the tests of a suite on threads that may wait for programs.
struct ProgramThreadsTrait: SuiteTrait, TestTrait, TestScoping {
  let isRecursive = true

  func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withTaskExecutorPreference(ProgramThreads.shared) { try await function() }
  }
}

extension Trait where Self == ProgramThreadsTrait {
  /// The suite's tests start programs and wait for them.
  static var startsPrograms: Self { Self() }
}
