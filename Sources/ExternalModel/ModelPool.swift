internal import Dispatch
internal import Synchronization

/// The processes of a served model, started as they are needed.
final class ModelPool: Sendable {
  private struct Slot {
    var process: ModelProcess?
    var isBusy = false
  }

  let command: ModelCommand
  let limits: ModelLimits
  /// What every process has to say of itself.
  let identity: ModelIdentity
  private let slots: Mutex<[Slot]>
  private let free: DispatchSemaphore

  /// Starts the first process.
  ///
  /// - Throws: ``ExternalModelError``.
  init(_ command: ModelCommand, limits: ModelLimits) throws {
    self.command = command
    self.limits = limits
    let first = try ModelProcess(command, number: 0, limits: limits)
    identity = first.identity
    var slots = [Slot](repeating: Slot(), count: limits.processes)
    slots[0].process = first
    self.slots = Mutex(slots)
    free = DispatchSemaphore(value: limits.processes)
  }

  /// Has a process to oneself.
  ///
  /// - Parameters:
  ///   - preferred: The number of the process that had the last request of the same worker.
  ///   - body: Asks it.
  /// - Returns: What the body returns.
  /// - Throws: ``ExternalModelError``.
  func withProcess<Result>(
    preferring preferred: Int?, _ body: (_ process: ModelProcess, _ number: Int) throws -> Result
  ) throws -> Result {
    free.wait()
    defer { free.signal() }
    let (number, known) = take(preferred)
    var process = known
    defer { give(back: process, number) }
    let asked: ModelProcess
    if let process {
      asked = process
    } else {
      asked = try start(number)
      process = asked
    }
    do {
      return try body(asked, number)
    } catch let error as ExternalModelError {
      // Only a process that says why it has no answer lives on.
      if case .refused = error.problem { throw error }
      process = nil
      throw error
    }
  }

  private func start(_ number: Int) throws -> ModelProcess {
    let process = try ModelProcess(command, number: number, limits: limits)
    if let (what, expected, found) = process.identity.difference(from: identity) {
      throw ExternalModelError(
        command, .otherModel(what: what, expected: expected, found: found))
    }
    return process
  }

  private func take(_ preferred: Int?) -> (number: Int, process: ModelProcess?) {
    slots.withLock { slots in
      let idle = slots.indices.filter { !slots[$0].isBusy }
      let started = idle.first { slots[$0].process != nil }
      let number = preferred.flatMap { idle.contains($0) ? $0 : nil } ?? started ?? idle.first ?? 0
      slots[number].isBusy = true
      return (number, slots[number].process)
    }
  }

  private func give(back process: ModelProcess?, _ number: Int) {
    slots.withLock { $0[number] = Slot(process: process) }
  }
}
