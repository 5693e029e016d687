internal import Subprocess

extension Subprocess {
  /// Runs the program for what it writes to standard output, with messages in one language.
  ///
  /// - Throws: ``DatasetError/program(_:)`` or ``DatasetError/cancelled``.
  func output(
    limit: Int = 1 << 20, secondsAllowed: Int, isCancelled: @Sendable () -> Bool
  ) throws(DatasetError) -> [UInt8] {
    var program = self
    program.environment["LC_ALL"] = "C"
    do {
      return try program.run(
        outputLimit: limit, secondsAllowed: secondsAllowed, isCancelled: isCancelled)
    } catch {
      throw error == .cancelled ? .cancelled : .program(error)
    }
  }
}
