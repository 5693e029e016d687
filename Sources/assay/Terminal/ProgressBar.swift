import Foundation
import Study
import Synchronization

/// Shows progress on standard error: a bar with rate and time left where a terminal can draw one,
/// and a line a stage or half a minute elsewhere.
final class ProgressBar: ProgressReporter {
  private struct Stage {
    var name = ""
    var total = 0
    var unit = ""
    var startDone = 0
    var start = ContinuousClock.now
    var lastShown = ContinuousClock.now
    var detail = ""
  }

  private struct State {
    var stage = Stage()
    /// The stages that a study has in all; 0 where nobody said.
    var planned = 0
    /// The place of the one under way among them.
    var place = 0
    /// The last line of ``status(_:done:total:)`` in a log.
    var lastStatus: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  private let isQuiet: Bool

  /// How often a line is drawn anew, and how often a log gets one.
  private static let pauses = (drawn: Duration.milliseconds(100), logged: Duration.seconds(30))

  init(quiet: Bool) {
    isQuiet = quiet
  }

  func plan(stages: Int) {
    state.withLock { ($0.planned, $0.place) = (stages, 0) }
  }

  func nextStage() {
    state.withLock { $0.place += 1 }
  }

  func begin(_ name: String, done: Int, total: Int, unit: String) {
    state.withLock {
      $0.stage = Stage(name: name, total: total, unit: unit, startDone: done)
      if StandardError.canDraw { show($0, done: done) }
    }
  }

  func advance(to done: Int, detail: String) {
    guard !isQuiet else { return }
    state.withLock { state in
      let pause = StandardError.canDraw ? Self.pauses.drawn : Self.pauses.logged
      let isLast = StandardError.canDraw && done == state.stage.total
      state.stage.detail = detail
      guard isLast || ContinuousClock.now - state.stage.lastShown > pause else { return }
      state.stage.lastShown = .now
      show(state, done: done)
    }
  }

  func end(_ name: String, reused: Bool) {
    state.withLock { state in
      let seconds = state.stage.name == name ? Self.seconds(since: state.stage.start) : 0
      let mark = StandardError.isColored ? "\u{1B}[32m✓\u{1B}[0m " : "✓ "
      let outcome = reused ? "done before" : "done in \(Self.duration(seconds))"
      if !isQuiet {
        StandardError.write("\(place(of: state))\(name): \(outcome)", mark: mark)
      }
      state.stage = Stage()
    }
  }

  /// Shows one line in the place of the last one: with a bar where it is drawn, elsewhere every
  /// half minute.
  func status(_ line: String, done: Int, total: Int) {
    guard !isQuiet else { return }
    if StandardError.canDraw {
      return StandardError.draw(Self.bar(done: done, total: total) + " " + line)
    }
    state.withLock { state in
      if let last = state.lastStatus, ContinuousClock.now - last < Self.pauses.logged { return }
      state.lastStatus = .now
      write(line)
    }
  }

  func note(_ message: String) {
    write(message)
  }

  /// Ends an unfinished bar's line, so that what follows starts on a line of its own.
  func close() {
    if !isQuiet { StandardError.endLine() }
  }

  private func show(_ state: State, done: Int) {
    guard !isQuiet else { return }
    let stage = state.stage
    let name = place(of: state) + stage.name
    let count = "\(done)/\(stage.total) \(stage.unit)"
    let parts = ([count] + pace(of: stage, done: done) + [stage.detail]).filter { !$0.isEmpty }
    let numbers = parts.joined(separator: ", ")
    guard StandardError.canDraw else { return write("\(name): \(numbers)") }
    StandardError.draw("\(name) \(Self.bar(done: done, total: stage.total)) \(numbers)")
  }

  /// Rate and time left, of what this process did.
  private func pace(of stage: Stage, done: Int) -> [String] {
    let elapsed = Self.seconds(since: stage.start)
    guard elapsed > 0.5, done > stage.startDone else { return [] }
    let rate = Double(done - stage.startDone) / elapsed
    let left = Double(stage.total - done) / rate
    return [
      String(format: rate < 10 ? "%.1f/s" : "%.0f/s", rate), "\(Self.duration(left)) left",
    ]
  }

  private func place(of state: State) -> String {
    state.planned > 0 ? "\(state.place)/\(state.planned) " : ""
  }

  private func write(_ line: String) {
    if !isQuiet { StandardError.write(line) }
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  /// A bar, shorter on a narrow terminal.
  static func bar(done: Int, total: Int) -> String {
    let width = StandardError.columns < 72 ? 8 : 24
    let fraction = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    let filled = Int(fraction * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  /// A time for people.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "for ever" }
    if seconds < 9.95 { return String(format: "%.1f s", max(0, seconds)) }
    if seconds < 59.5 { return String(format: "%.0f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
