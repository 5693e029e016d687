import Foundation
import Program
import Sweep
import Tracker

/// What a program that does trials itself says of them, and is told.
final class AskedTrialConversation {
  private let taker: TrialTaker
  private let tracker: Tracker
  private let command: [String]
  private let notice: @Sendable (String) -> Void
  private var held: (trial: HeldTrial, run: AskedTrialRun)?

  /// Whether the program has asked and waits for its answer.
  private(set) var isAsked = false

  init(_ taker: TrialTaker, in tracker: Tracker, notice: @escaping @Sendable (String) -> Void) {
    self.taker = taker
    self.tracker = tracker
    self.notice = notice
    command = Self.parentCommand ?? ["ask"]
  }

  /// The command line of the program that started this one; nil where that cannot be seen.
  private static var parentCommand: [String]? {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(getppid())/cmdline"))
    else { return nil }
    let words = bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
      .map { String(decoding: $0, as: UTF8.self) }
    return words.first.map { $0.isEmpty ? nil : words } ?? nil
  }

  /// Takes a line.
  ///
  /// - Returns: The answer; nil if there is none yet: see ``goOn()``, or none to a blank line.
  func answer(to line: String) -> JSONValue? {
    guard !line.allSatisfy(\.isWhitespace) else { return nil }
    do {
      switch try AskedTrialMessage(line) {
      case .ask:
        if let held { throw AskedTrialMessage.Problem.held(held.run.trial.number) }
        isAsked = true
        return try next()
      case .tell(let values): return try finish(values)
      case .prune:
        return try end("pruned") { trial, run in
          try run.close(.interrupted)
          try trial.prune()
        }
      case .fail(let error):
        return try end("failed") { trial, run in
          try run.close(.failed, error: error)
          try trial.fail(error)
        }
      }
    } catch {
      return Self.answer(for: error)
    }
  }

  /// Records what the program has reported, or looks again for a trial that it asked for.
  ///
  /// - Returns: The answer that the program waits for, if there is one now.
  func goOn() -> JSONValue? {
    do {
      if isAsked { return try next() }
      try held?.run.record()
      return nil
    } catch {
      // Whoever tells of the trial next hears of it.
      notice("\(error)")
      return isAsked ? Self.answer(for: error) : nil
    }
  }

  /// Gives the trial back that is still held.
  func release() {
    guard let (trial, run) = held else { return }
    held = nil
    _ = try? run.close(.interrupted)
    try? trial.release()
  }

  private func next() throws -> JSONValue? {
    let next: TrialTaker.Next
    do {
      next = try taker.next()
    } catch {
      isAsked = false
      throw error
    }
    if case .wait = next { return nil }
    isAsked = false
    return switch next {
    case .trial(let trial): try begin(trial)
    case .stopped: .object(["end": .string("stopped")])
    case .finished, .wait: .object(["end": .string("finished")])
    }
  }

  private func begin(_ trial: HeldTrial) throws -> JSONValue {
    do {
      let opened = try trial.opened()
      let run = try AskedTrialRun(opened, command: command, in: tracker, notice: notice)
      held = (trial, run)
      var answer = run.answer
      answer["trial"] = .integer(Int64(opened.number))
      answer["parameters"] = JSONValue(opened.parameters)
      return answer
    } catch {
      try? trial.release()
      throw error
    }
  }

  private func finish(_ values: [Double]?) throws -> JSONValue {
    if let values, let held, values.count != held.trial.objectiveCount {
      throw SweepError.wrongCount(given: values.count, objectives: held.trial.objectiveCount)
    }
    return try end("finished") { trial, run in
      let results = try run.close(.finished)
      do {
        if let values { try trial.finish(values: values) } else { try trial.finish(results) }
      } catch let error as SweepError {
        try trial.fail("\(error)")
        throw error
      }
    }
  }

  /// Ends the trial that is held.
  private func end(
    _ state: String, _ body: (HeldTrial, AskedTrialRun) throws -> Void
  ) throws -> JSONValue {
    guard let (trial, run) = held else { throw AskedTrialMessage.Problem.nothingHeld }
    held = nil
    do {
      try run.record()
      if run.isTakenBack {
        try run.close(.interrupted)
        try trial.release()
        return .object(["told": .bool(true), "state": .string("queued")])
      }
      try body(trial, run)
    } catch {
      _ = try? run.close(.interrupted)
      try? trial.release()
      throw error
    }
    return .object(["told": .bool(true), "state": .string(state)])
  }

  private static func answer(for error: any Error) -> JSONValue {
    let failure = Failure(error)
    return .object([
      "error": .string(failure?.message ?? "\(error)"),
      "code": .integer(Int64(failure?.code ?? ExitStatus.defect.rawValue)),
    ])
  }
}
