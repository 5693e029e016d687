import Foundation
import Subprocess
import Sweep

/// Keeps some processes of this program running until each has ended by itself.
///
/// One that a signal ends is started again: what it was doing is taken up where it was. One that
/// ends with an error ends the others, since it would hit them too.
final class WorkerSupervisor {
  private let arguments: [String]
  private let environment: [String: String?]
  private let count: Int
  private let isCancelled: @Sendable () -> Bool
  private let report: (String) -> Void
  private var workers: [Worker] = []
  /// When each line of the workers was last passed on.
  private var reported: [String: Date] = [:]

  private struct Worker {
    let process: RunningSubprocess
    let started: Date
  }

  /// So many deaths in a row right after the start are no accident.
  private static let allowedEarlyDeaths = 20
  private static let earlySeconds = 0.2

  /// For how long a line that another worker has said as well is not repeated.
  private static let secondsOfSilence = 60.0

  /// Prepares to run workers.
  ///
  /// - Parameters:
  ///   - arguments: What each is called with.
  ///   - environment: Variables of theirs besides those of this process; nil takes one away.
  ///   - count: How many there are.
  ///   - isCancelled: Returns true to stop; called often.
  ///   - report: Takes the lines that workers write to standard error, each once though all of them
  ///     say it.
  init(
    arguments: [String], environment: [String: String?] = [:], count: Int,
    isCancelled: @escaping @Sendable () -> Bool,
    report: @escaping (String) -> Void
  ) {
    self.arguments = arguments
    self.environment = environment
    self.count = count
    self.isCancelled = isCancelled
    self.report = report
  }

  /// Runs the workers to their end.
  ///
  /// - Parameter tick: Is called twice a second.
  /// - Returns: 0, or the exit code of the first worker that failed.
  /// - Throws: ``SweepError/workersDie(signal:)``, and what `tick` throws.
  func run(tick: () throws -> Void) throws -> Int32 {
    let messages = try MessagePipe()
    defer {
      // Also where reading the sweep's state fails or is interrupted: whoever asks next finds no
      // trial held.
      terminate()
      while !workers.isEmpty {
        Thread.sleep(forTimeInterval: 0.02)
        pass(messages.takeLines())
        _ = takeEnded()
      }
      pass(messages.takeLines(isLast: true))
    }
    for _ in 0..<count { try start(messages) }
    var earlyDeaths = 0
    var failure: Int32 = 0
    var isStopping = false
    var nextTick = Date()
    while !workers.isEmpty {
      if !isStopping, isCancelled() || failure != 0 {
        isStopping = true
        terminate()
      }
      for (worker, end) in takeEnded() {
        guard !isStopping, !end.isSuccess else { continue }
        guard case .signalled(let signal) = end else {
          if case .exited(let status) = end { failure = Int32(status) }
          continue
        }
        let isEarly = Date().timeIntervalSince(worker.started) < Self.earlySeconds
        earlyDeaths = isEarly ? earlyDeaths + 1 : 0
        guard earlyDeaths < Self.allowedEarlyDeaths else {
          throw SweepError.workersDie(signal: signal)
        }
        try start(messages)
      }
      pass(messages.takeLines())
      if Date() >= nextTick {
        try tick()
        nextTick = Date().addingTimeInterval(0.5)
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return failure
  }

  private func start(_ messages: MessagePipe) throws {
    var program = Subprocess(Bundle.main.executablePath ?? CommandLine.arguments[0], arguments)
    program.environment = environment
    workers.append(
      Worker(process: try program.start(diagnostics: .messages(messages)), started: Date()))
  }

  private func pass(_ lines: [String]) {
    for line in lines where !line.isEmpty {
      let isRepeated = reported[line].map { -$0.timeIntervalSinceNow < Self.secondsOfSilence }
      reported[line] = Date()
      if isRepeated != true { report(line) }
    }
  }

  /// Those that have ended, which are forgotten.
  private func takeEnded() -> [(worker: Worker, end: SubprocessEnd)] {
    var running: [Worker] = []
    var ended: [(worker: Worker, end: SubprocessEnd)] = []
    for worker in workers {
      if let end = worker.process.poll() {
        ended.append((worker, end))
      } else {
        running.append(worker)
      }
    }
    workers = running
    return ended
  }

  private func terminate() {
    for worker in workers { worker.process.send(SIGTERM) }
  }
}
