internal import Foundation

/// Something that a test waited for did not come.
public struct DeadlineMissed: Error, CustomStringConvertible {
  /// What was waited for, and for how long.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Waits until something holds, and asks again every few milliseconds.
///
/// - Parameters:
///   - expected: What is waited for, as words that end "waited for".
///   - seconds: How long to wait at most.
///   - condition: What has to hold.
/// - Throws: ``DeadlineMissed``, or what the condition throws.
public func waitUntil(
  _ expected: String, within seconds: Double = programDeadline, _ condition: () throws -> Bool
) throws {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(seconds)
  while try !condition() {
    guard clock.now < deadline else {
      throw DeadlineMissed("waited for \(expected), in vain for \(seconds) s")
    }
    usleep(2000)
  }
}

/// Waits until a program has got somewhere.
///
/// - Throws: ``DeadlineMissed`` also where the program ends before that.
public func waitUntil(
  _ expected: String, of program: RunningProgram, within seconds: Double = programDeadline,
  _ condition: () throws -> Bool
) throws {
  try waitUntil(expected, within: seconds) {
    // Asked first, since the program may end between the two questions.
    let isRunning = program.isRunning
    if try condition() { return true }
    guard isRunning else {
      throw DeadlineMissed(
        "the program ended before \(expected): \(try program.errorSoFar().suffix(2000))")
    }
    return false
  }
}
