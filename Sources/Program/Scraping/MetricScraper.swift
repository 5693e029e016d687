internal import Foundation
internal import Synchronization
internal import Tracker

/// Finds metrics in a command's output, and reports them as events, as the command itself would.
final class MetricScraper: Sendable {
  private let state: Mutex<State>
  private let pattern: ScrapePattern
  private let notice: @Sendable (String) -> Void

  private struct State {
    /// Nil: it was too slow, and is no longer used.
    var finder: (any MetricFinder)?
    let descriptor: Int32
    var line: [UInt8] = []
    /// The last step that a line named, which counts for the lines after it.
    var step: Int64?
  }

  /// What is longer is no line for people.
  private static let longestLine = 1 << 14
  /// What is taken at once may be searched for so long, in seconds: the command waits until its
  /// output is read, and this process until all of it is.
  private static let longestSearch = 1.0

  /// Prepares to read.
  ///
  /// - Parameters:
  ///   - pattern: What is read.
  ///   - events: The file of events.
  ///   - notice: Receives, on any thread, that the pattern is too slow.
  /// - Throws: ``ProgramError``: `wrongPattern` or `inputOutput`.
  init(
    _ pattern: ScrapePattern, events: String, notice: @escaping @Sendable (String) -> Void
  ) throws(ProgramError) {
    let finder: any MetricFinder =
      switch pattern {
      case .standard: StandardFinder()
      case .expression(let expression): try ExpressionFinder(expression)
      }
    let descriptor = open(events, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .inputOutput(path: events, detail: String(cString: strerror(errno)))
    }
    self.pattern = pattern
    self.notice = notice
    state = Mutex(State(finder: finder, descriptor: descriptor))
  }

  deinit { state.withLock { _ = close($0.descriptor) } }

  /// Takes a part of the output.
  func take(_ bytes: ArraySlice<UInt8>) {
    let limit = ProcessorTimeLimit(seconds: Self.longestSearch)
    let isGivenUp = state.withLock { state in
      guard state.finder != nil else { return false }
      for byte in bytes {
        if byte == UInt8(ascii: "\n") {
          guard Self.report(&state, within: limit) else {
            state.finder = nil
            return true
          }
          state.line.removeAll(keepingCapacity: true)
        } else if byte == UInt8(ascii: "\r") {
          // A bar of progress draws its line anew: the last one counts.
          state.line.removeAll(keepingCapacity: true)
        } else if state.line.count < Self.longestLine {
          state.line.append(byte)
        }
      }
      return false
    }
    if isGivenUp { giveUp() }
  }

  /// Says, to the user and in the record, that metrics are missing.
  private func giveUp() {
    guard case .expression(let expression) = pattern else { return }
    let text = "the pattern '\(expression)' takes too long on the output, and is no longer used"
    notice(text)
    let event = "{\"note\":\(JSONValue.string(text).canonical)}\n"
    state.withLock { Self.write(event, to: $0.descriptor) }
  }

  /// Takes a last line without an end.
  func finish() { take([UInt8(ascii: "\n")]) }

  /// Reports what a line says.
  ///
  /// - Returns: Whether it could be searched within the limit.
  private static func report(_ state: inout State, within limit: ProcessorTimeLimit) -> Bool {
    guard !state.line.isEmpty else { return true }
    let text = PlainText.withoutEscapes(String(decoding: state.line, as: UTF8.self))
    guard let found = state.finder?.find(in: text, within: limit) else { return false }
    if let step = found.step { state.step = step }
    guard !found.metrics.isEmpty else { return true }
    let metrics = found.metrics.map { name, value in
      "\(JSONValue.string(name).canonical):\(JSONNumber.text(value))"
    }
    let step = state.step.map { ",\"step\":\($0)" } ?? ""
    let time = Double(Int64(Date().timeIntervalSince1970 * 1000)) / 1000
    write(
      "{\"time\":\(time),\"metrics\":{\(metrics.joined(separator: ","))}\(step)}\n",
      to: state.descriptor)
    return true
  }

  /// Appends an event in one write, so that those of the command do not mix with it.
  private static func write(_ event: String, to descriptor: Int32) {
    let bytes = Array(event.utf8)
    _ = Foundation.write(descriptor, bytes, bytes.count)
  }
}

/// Numbers as events have them.
enum JSONNumber {
  /// The number's text, or a word for what is none.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return "\(value)"
  }
}

/// Finds metrics in a line.
protocol MetricFinder: Sendable {
  /// The metrics of a line, by name, the later of two counts; and the step that it names.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - limit: When to give up.
  /// - Returns: What the line says; nil: that takes longer.
  func find(in line: String, within limit: ProcessorTimeLimit) -> ScrapedLine?
}

/// What a line of output says.
struct ScrapedLine: Sendable, Equatable {
  var metrics: [String: Double] = [:]
  var step: Int64?
}
