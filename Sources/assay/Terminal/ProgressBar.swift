import Foundation
import Study
import Synchronization

/// Shows progress on standard error: a bar with rate and time left on a terminal, a line a stage
/// elsewhere.
final class ProgressBar: ProgressReporter {
  private struct Stage {
    var name = ""
    var total = 0
    var unit = ""
    var startDone = 0
    var start = Date()
    var lastDrawn = Date.distantPast
  }

  private let stage = Mutex(Stage())
  private let isQuiet: Bool
  private let isTerminal: Bool
  private let usesColor: Bool

  init(quiet: Bool) {
    isQuiet = quiet
    isTerminal = isatty(STDERR_FILENO) == 1
    let environment = ProcessInfo.processInfo.environment
    usesColor =
      isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  func begin(_ name: String, done: Int, total: Int, unit: String) {
    stage.withLock {
      $0 = Stage(name: name, total: total, unit: unit, startDone: done)
    }
    advance(to: done)
  }

  func advance(to done: Int) {
    guard isTerminal, !isQuiet else { return }
    stage.withLock { stage in
      let now = Date()
      guard done == stage.total || now.timeIntervalSince(stage.lastDrawn) > 0.1 else { return }
      stage.lastDrawn = now
      write("\r\u{1B}[K" + line(stage, done: done, now: now))
    }
  }

  func end(_ name: String, reused: Bool) {
    guard !isQuiet else { return }
    stage.withLock { stage in
      let elapsed = stage.name == name ? Date().timeIntervalSince(stage.start) : 0
      let outcome = reused ? "done before" : "done in \(Self.duration(elapsed))"
      let mark = usesColor ? "\u{1B}[32m✓\u{1B}[0m" : "✓"
      write((isTerminal ? "\r\u{1B}[K" : "") + "\(mark) \(name): \(outcome)\n")
      stage = Stage()
    }
  }

  /// Shows one line in the place of the last one: on a terminal with a bar, elsewhere every half
  /// minute.
  func status(_ line: String, done: Int, total: Int) {
    guard !isQuiet else { return }
    stage.withLock { stage in
      guard isTerminal else {
        guard Date().timeIntervalSince(stage.lastDrawn) > 30 else { return }
        stage.lastDrawn = Date()
        return write(line + "\n")
      }
      stage.name = line
      write("\r\u{1B}[K" + Self.bar(done: done, total: total) + " " + line)
    }
  }

  func note(_ message: String) {
    guard !isQuiet else { return }
    write((isTerminal ? "\r\u{1B}[K" : "") + message + "\n")
  }

  /// Ends an unfinished bar's line, so that what follows starts on a line of its own.
  func close() {
    guard isTerminal, !isQuiet else { return }
    stage.withLock { stage in
      if !stage.name.isEmpty { write("\n") }
      stage = Stage()
    }
  }

  private static func bar(done: Int, total: Int) -> String {
    let fraction = total > 0 ? min(1, Double(done) / Double(total)) : 0
    let width = 24
    let filled = Int(fraction * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  private func line(_ stage: Stage, done: Int, now: Date) -> String {
    let bar = Self.bar(done: done, total: stage.total)
    let elapsed = now.timeIntervalSince(stage.start)
    var text = "\(stage.name) \(bar) \(done)/\(stage.total) \(stage.unit)"
    if elapsed > 0.5, done > stage.startDone {
      let rate = Double(done - stage.startDone) / elapsed
      let left = Double(stage.total - done) / rate
      text += String(format: ", %.0f/s, ", rate) + Self.duration(left) + " left"
    }
    return text
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 10 { return String(format: "%.1f s", seconds) }
    if seconds < 60 { return String(format: "%.0f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
