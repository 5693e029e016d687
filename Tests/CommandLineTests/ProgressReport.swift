import Foundation

/// Says on standard error every half minute how far a test has got that may take that long.
struct ProgressReport {
  private let name: String
  private let count: Int
  private let start = ContinuousClock.now
  private var next: ContinuousClock.Instant

  /// Begins.
  ///
  /// - Parameters:
  ///   - name: What is done.
  ///   - count: How much of it there is.
  init(_ name: String, of count: Int) {
    self.name = name
    self.count = count
    next = start + .seconds(30)
  }

  /// Takes note of how much is done.
  mutating func advance(to done: Int) {
    let now = ContinuousClock.now
    guard now >= next, done > 0 else { return }
    next = now + .seconds(30)
    let left = (now - start) * (Double(count - done) / Double(done))
    say("\(done) of \(count), about \(left.components.seconds) s to go")
  }

  /// Says what it took.
  func finish() { say("\(count) in \((ContinuousClock.now - start).components.seconds) s") }

  private func say(_ words: String) {
    FileHandle.standardError.write(Data("\(name): \(words)\n".utf8))
  }
}
