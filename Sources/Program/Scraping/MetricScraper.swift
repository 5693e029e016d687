internal import Foundation
internal import Synchronization
internal import Tracker

/// Finds metrics in a command's output, and reports them as events, as the command itself would.
final class MetricScraper: Sendable {
  private let state: Mutex<State>

  private struct State {
    let finder: any MetricFinder
    let descriptor: Int32
    var line: [UInt8] = []
    /// The last step that a line named, which counts for the lines after it.
    var step: Int64?
  }

  /// What is longer is no line for people.
  private static let longestLine = 1 << 14

  /// Prepares to read.
  ///
  /// - Parameters:
  ///   - pattern: What is read.
  ///   - events: The file of events.
  /// - Throws: ``ProgramError``: `wrongPattern` or `inputOutput`.
  init(_ pattern: ScrapePattern, events: String) throws(ProgramError) {
    let finder: any MetricFinder =
      switch pattern {
      case .standard: StandardFinder()
      case .expression(let expression): try ExpressionFinder(expression)
      }
    let descriptor = open(events, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .inputOutput(path: events, detail: String(cString: strerror(errno)))
    }
    state = Mutex(State(finder: finder, descriptor: descriptor))
  }

  deinit { state.withLock { _ = close($0.descriptor) } }

  /// Takes a part of the output.
  func take(_ bytes: ArraySlice<UInt8>) {
    state.withLock { state in
      for byte in bytes {
        if byte == UInt8(ascii: "\n") {
          Self.report(&state)
          state.line.removeAll(keepingCapacity: true)
        } else if byte == UInt8(ascii: "\r") {
          // A bar of progress draws its line anew: the last one counts.
          state.line.removeAll(keepingCapacity: true)
        } else if state.line.count < Self.longestLine {
          state.line.append(byte)
        }
      }
    }
  }

  /// Takes a last line without an end.
  func finish() { take([UInt8(ascii: "\n")]) }

  private static func report(_ state: inout State) {
    guard !state.line.isEmpty else { return }
    let text = PlainText.withoutEscapes(String(decoding: state.line, as: UTF8.self))
    let found = state.finder.find(in: text)
    if let step = found.step { state.step = step }
    guard !found.metrics.isEmpty else { return }
    let metrics = found.metrics.map { name, value in
      "\(JSONValue.string(name).canonical):\(JSONNumber.text(value))"
    }
    let step = state.step.map { ",\"step\":\($0)" } ?? ""
    let time = Double(Int64(Date().timeIntervalSince1970 * 1000)) / 1000
    let event = "{\"time\":\(time),\"metrics\":{\(metrics.joined(separator: ","))}\(step)}\n"
    // One write a line: those of the command do not mix with it.
    let bytes = Array(event.utf8)
    _ = write(state.descriptor, bytes, bytes.count)
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
  func find(in line: String) -> ScrapedLine
}

/// What a line of output says.
struct ScrapedLine: Sendable, Equatable {
  var metrics: [String: Double] = [:]
  var step: Int64?
}
