internal import Tracker

/// What an event says beside metrics.
struct Event: Sendable {
  /// A file to keep.
  struct File: Sendable {
    /// The path as it was given.
    let path: String
    /// The name as it was given; nil: it is the path's.
    let name: String?
    let mediaType: String?
    let step: Int64?
    let done: Int64?
  }

  var parameters: JSONValue?
  var artifact: File?
  var checkpoint: File?
  var progress: (done: Int64, total: Int64?)?
  var notes: [String] = []
  var tags: [String] = []
  var name: String?
  var group: String?
  var end: ToldEnd?

  /// Whether it says anything.
  var isEmpty: Bool {
    parameters == nil && artifact == nil && checkpoint == nil && progress == nil && notes.isEmpty
      && tags.isEmpty && name == nil && group == nil && end == nil
  }
}

/// What was wrong in events: it is told once, and the rest of the line is taken.
struct EventProblem: Sendable, Hashable {
  /// One line.
  let text: String
  /// Whether it is recorded as a note on the run too.
  let isNoted: Bool

  init(_ text: String, isNoted: Bool = true) {
    self.text = text
    self.isNoted = isNoted
  }
}

/// Some lines of events, read and not recorded yet.
struct EventBatch: Sendable {
  /// The names of metrics and their new values.
  private(set) var names: [String] = []
  private(set) var columns: [MetricColumn] = []
  private var places: [String: Int] = [:]
  /// The place among the names of every value, in the order in which they were reported.
  private var order: [Int32] = []
  /// What the lines say beside metrics, in their order.
  var events: [Event] = []
  /// What was wrong, in order.
  private(set) var problems: [EventProblem] = []
  /// How many lines were no JSON objects.
  var malformedLines = 0
  /// The number of the first of them among the lines of the batch, from 0.
  var firstMalformedLine: Int?

  /// The number of values.
  var count: Int { order.count }
  /// Whether there is nothing to record.
  var isEmpty: Bool { order.isEmpty && events.isEmpty && problems.isEmpty && malformedLines == 0 }
  /// The last thing that was told of the end; nil: nothing.
  var end: ToldEnd? { events.last { $0.end != nil }?.end }

  /// The place of a metric; nil if nothing can be recorded under its name.
  mutating func place(of name: String) -> Int? {
    if let place = places[name] { return place }
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    let place = names.count
    names.append(name)
    columns.append(MetricColumn())
    places[name] = place
    return place
  }

  mutating func add(_ value: Double, of place: Int, step: Int64, time: Int64) {
    columns[place].steps.append(step)
    columns[place].values.append(value)
    columns[place].times.append(time)
    order.append(Int32(place))
  }

  mutating func add(_ problem: EventProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// All values in the order in which they were reported.
  var points: [MetricPoint] {
    var next = [Int](repeating: 0, count: names.count)
    return order.map { place in
      let place = Int(place)
      defer { next[place] += 1 }
      return MetricPoint(
        name: names[place], step: columns[place].steps[next[place]],
        value: columns[place].values[next[place]])
    }
  }
}
