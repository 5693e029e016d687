internal import Foundation

/// Something that a test waited for did not come.
public struct DeadlineMissed: Error, CustomStringConvertible {
  /// What was waited for, and for how long.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Waits until something holds, and asks again every few milliseconds, or less often where the
/// question takes long: what is waited for has most of the processor.
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
  var asked = clock.now
  while try !condition() {
    let now = clock.now
    guard now < deadline else {
      throw DeadlineMissed("waited for \(expected), in vain for \(seconds) s")
    }
    let pause = max(.milliseconds(2), (now - asked) * 4)
    usleep(UInt32(pause / .microseconds(1)))
    asked = clock.now
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
