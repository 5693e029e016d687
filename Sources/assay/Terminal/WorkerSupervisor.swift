import Foundation
import Study

/// Keeps some processes of this program running until each has ended by itself.
///
/// One that a signal ends is started again: what it was doing is taken up where it was. One that ends
/// with an error ends the others, since it would hit them too.
final class WorkerSupervisor {
  private let arguments: [String]
  private let count: Int
  private let isCancelled: @Sendable () -> Bool
  private var workers: [Worker] = []

  private struct Worker {
    let process: Process
    let started: Date
  }

  /// So many deaths in a row right after the start are no accident.
  private static let allowedEarlyDeaths = 20
  private static let earlySeconds = 0.2

  init(arguments: [String], count: Int, isCancelled: @escaping @Sendable () -> Bool) {
    self.arguments = arguments
    self.count = count
    self.isCancelled = isCancelled
  }

  /// Runs the workers to their end.
  ///
  /// - Parameter tick: Is called twice a second.
  /// - Returns: 0, or the exit code of the first worker that failed.
  /// - Throws: ``SweepError/workersDie(signal:)``, and what `tick` throws.
  func run(tick: () throws -> Void) throws -> Int32 {
    defer { terminate() }
    for _ in 0..<count { try start() }
    var earlyDeaths = 0
    var failure: Int32 = 0
    var isStopping = false
    var nextTick = Date()
    while !workers.isEmpty {
      if !isStopping, isCancelled() || failure != 0 {
        isStopping = true
        terminate()
      }
      for worker in takeEnded() {
        let status = worker.process.terminationStatus
        let isSignal = worker.process.terminationReason == .uncaughtSignal
        guard !isStopping, status != 0 else { continue }
        guard isSignal else {
          failure = status
          continue
        }
        let isEarly = Date().timeIntervalSince(worker.started) < Self.earlySeconds
        earlyDeaths = isEarly ? earlyDeaths + 1 : 0
        guard earlyDeaths < Self.allowedEarlyDeaths else {
          throw SweepError.workersDie(signal: Int(status))
        }
        try start()
      }
      if Date() >= nextTick {
        try tick()
        nextTick = Date().addingTimeInterval(0.5)
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return failure
  }

  private func start() throws {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    workers.append(Worker(process: process, started: Date()))
  }

  /// Those that have ended, which are forgotten.
  private func takeEnded() -> [Worker] {
    let ended = workers.filter { !$0.process.isRunning }
    workers.removeAll { !$0.process.isRunning }
    return ended
  }

  private func terminate() {
    for worker in workers where worker.process.isRunning { worker.process.terminate() }
  }
}
