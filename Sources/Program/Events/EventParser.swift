internal import Bytes
internal import Tracker

/// Reads lines of events, version 1; docs/events.md describes them.
struct EventParser {
  fileprivate typealias Failure = JSONScanner.Failure

  /// The largest step of each metric so far.
  private var lastSteps: [String: Int64] = [:]
  /// Looks the largest step up that is recorded of a metric; nil: it has no value.
  private let recordedStep: (String) -> Int64?

  /// Prepares to read.
  ///
  /// - Parameter recordedStep: The largest step that is recorded of a metric; nil: it has no value.
  init(recordedStep: @escaping (String) -> Int64?) {
    self.recordedStep = recordedStep
  }

  /// Reads a line into a batch; one that is no JSON object changes nothing.
  ///
  /// - Parameters:
  ///   - bytes: The bytes that hold the line.
  ///   - range: Where it stands, without its end.
  ///   - now: The time for those without one, in milliseconds since 1970.
  ///   - batch: What was read before it.
  /// - Returns: Whether it is a JSON object, or empty.
  mutating func read(
    _ bytes: [UInt8], _ range: Range<Int>, now: Int64, into batch: inout EventBatch
  ) -> Bool {
    let text = bytes[range].withoutByteOrderMark
    var scanner = JSONScanner(bytes, text.startIndex..<text.endIndex)
    scanner.skipSpace()
    guard scanner.index < range.upperBound else { return true }
    var line = Line()
    do throws(Failure) {
      try scanner.object { (scanner, name) throws(Failure) in
        try Self.readMember(name, of: &scanner, into: &line)
      }
      try scanner.finish()
    } catch {
      return false
    }
    take(line, now: now, into: &batch)
    return true
  }

  /// A line as it was read.
  fileprivate struct Line {
    var metrics: [(name: String, value: Double)] = []
    var points: [(name: String, step: Int64?, value: Double, time: Double?)] = []
    var step: Int64?
    var time: Double?
    var event = Event()
    var problems: [EventProblem] = []

    mutating func complain(_ text: String) { problems.append(EventProblem(text)) }
  }

  private static func readMember(
    _ name: Range<Int>, of scanner: inout JSONScanner, into line: inout Line
  ) throws(Failure) {
    if scanner.matches(name, "metrics") {
      return try readMetrics(of: &scanner, into: &line)
    }
    if scanner.matches(name, "step") {
      let step = try scanner.value()
      line.step = step.wholeNumber
      if line.step == nil, step != .null { line.complain("a step is no integer") }
      return
    }
    if scanner.matches(name, "time") {
      line.time = try scanner.metricValue()
      return
    }
    if scanner.matches(name, "points") { return try readPoints(of: &scanner, into: &line) }
    let key = scanner.text(name)
    line.take(try scanner.value(), as: key)
  }

  private static func readMetrics(
    of scanner: inout JSONScanner, into line: inout Line
  ) throws(Failure) {
    guard scanner.isAtObject else {
      _ = try scanner.value()
      return line.complain("\"metrics\" is no object")
    }
    try scanner.object { (scanner, name) throws(Failure) in
      let name = scanner.text(name)
      if let value = try scanner.metricValue() {
        line.metrics.append((name, value))
      } else {
        line.complain("the metric '\(name)' is no number")
      }
    }
  }

  private static func readPoints(
    of scanner: inout JSONScanner, into line: inout Line
  ) throws(Failure) {
    guard case .array(let points) = try scanner.value() else {
      return line.complain("\"points\" is no list")
    }
    for point in points {
      guard case .array(let parts) = point, (3...4).contains(parts.count),
        let name = parts[0].string, let value = parts[2].metricValue
      else {
        line.complain("a point is not [NAME, STEP, VALUE, TIME]")
        continue
      }
      line.points.append(
        (name, parts[1].wholeNumber, value, parts.count == 4 ? parts[3].metricValue : nil))
    }
  }

  private mutating func take(_ line: Line, now: Int64, into batch: inout EventBatch) {
    for problem in line.problems { batch.add(problem) }
    if !line.event.isEmpty { batch.events.append(line.event) }
    let time = Self.milliseconds(line.time) ?? now
    for (name, value) in line.metrics {
      add(value, of: name, step: line.step, time: time, to: &batch)
    }
    for point in line.points {
      add(
        point.value, of: point.name, step: point.step,
        time: Self.milliseconds(point.time) ?? time, to: &batch)
    }
  }

  private mutating func add(
    _ value: Double, of name: String, step: Int64?, time: Int64, to batch: inout EventBatch
  ) {
    guard let place = batch.place(of: name) else {
      batch.add(EventProblem("a metric's name is empty or holds a NUL character"))
      return
    }
    if let step {
      // What was recorded before is looked up where it is asked for.
      if let last = lastSteps[name] { lastSteps[name] = max(last, step) }
      if lastSteps[name] == nil { pending[name] = max(pending[name] ?? .min, step) }
      return batch.add(value, of: place, step: step, time: time)
    }
    let last = [lastSteps[name] ?? recordedStep(name), pending.removeValue(forKey: name)]
    let next = last.compactMap { $0 }.max().map { $0 == .max ? $0 : $0 + 1 } ?? 0
    lastSteps[name] = next
    batch.add(value, of: place, step: next, time: time)
  }

  /// The largest steps that were given of metrics whose recorded ones are not looked up yet.
  private var pending: [String: Int64] = [:]

  private static func milliseconds(_ seconds: Double?) -> Int64? {
    guard let seconds, seconds.isFinite, abs(seconds) < 1e12 else { return nil }
    return Int64((seconds * 1000).rounded())
  }
}

extension EventParser.Line {
  /// Takes a field that is not of metrics.
  fileprivate mutating func take(_ value: JSONValue, as key: String) {
    switch key {
    case "parameters":
      guard value.isObject else { return complain("\"parameters\" is no object") }
      event.parameters = value
    case "artifact": event.artifact = file(value, key)
    case "checkpoint": event.checkpoint = file(value, key)
    case "progress":
      guard let done = value["done"]?.wholeNumber else {
        return complain("\"progress\" lacks the integer \"done\"")
      }
      event.progress = (done, value["total"]?.wholeNumber)
    case "note", "warning":
      guard let text = value.string else { return complain("\"\(key)\" is no text") }
      event.notes.append(text)
    case "tags":
      guard case .array(let tags) = value else { return complain("\"tags\" is no list") }
      for tag in tags {
        if let text = tag.string, !text.isEmpty, !text.utf8.contains(0),
          text.unicodeScalars.count <= 200
        {
          event.tags.append(text)
        } else {
          complain("a tag is no text of 1 to 200 characters")
        }
      }
    case "name": event.name = nameText(value, key)
    case "group": event.group = nameText(value, key)
    case "end": takeEnd(value)
    // The first line of a file that no supervisor made.
    case "start": break
    default: complain("unknown field \(key.prefix(200))")
    }
  }

  private mutating func file(_ value: JSONValue, _ key: String) -> Event.File? {
    guard let path = value["path"]?.string, !path.isEmpty, !path.utf8.contains(0) else {
      complain("\"\(key)\" lacks the text \"path\"")
      return nil
    }
    let name = value["name"]?.string.flatMap { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
    return Event.File(
      path: path, name: name, mediaType: value["media_type"]?.string,
      step: value["step"]?.wholeNumber, done: value["done"]?.wholeNumber)
  }

  private mutating func nameText(_ value: JSONValue, _ key: String) -> String? {
    guard let text = value.string, !text.isEmpty, !text.utf8.contains(0) else {
      complain("\"\(key)\" is no text, or an empty one")
      return nil
    }
    return text
  }

  private mutating func takeEnd(_ value: JSONValue) {
    guard let text = value["state"]?.string, let state = RunState(rawValue: text),
      [.finished, .failed, .interrupted].contains(state)
    else { return complain("\"end\" lacks a state: finished, failed or interrupted") }
    let error = value["error"]?.string.map {
      $0.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    event.end = ToldEnd(state: state, error: error)
  }
}

extension JSONValue {
  fileprivate var isObject: Bool {
    if case .object = self { true } else { false }
  }

  fileprivate var wholeNumber: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int64(exactly: value)
    default: nil
    }
  }

  fileprivate var metricValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .bool(let truth): truth ? 1 : 0
    case .null: .nan
    case .string(let text): JSONScanner.numberWord(text)
    case .array, .object: nil
    }
  }
}
