internal import Tracker

/// Hands over the metrics of a run of MLflow, whose values come by name, step and time.
struct MLflowMetricWriter {
  private var name: String?
  private var metric = MLflowMetric()
  private let writer: ImportWriter
  private let context: ImportContext
  private let label: String

  private static let most = 1 << 15

  init(_ writer: ImportWriter, _ context: ImportContext, label: String) {
    self.writer = writer
    self.context = context
    self.label = label
  }

  /// Adds a value; the time is in milliseconds since 1970.
  ///
  /// - Throws: ``ForeignTrackerError/cancelled``, `SQLiteError`.
  mutating func add(_ name: String, step: Int64, value: Double, time: Int64) throws {
    if name != self.name {
      try end()
      self.name = name
    }
    metric.add(step: step, value: value, time: time)
    if metric.steps.count >= Self.most {
      try context.checkCancellation()
      try flush(name)
    }
  }

  /// Ends the metric under way.
  ///
  /// - Throws: `SQLiteError`.
  mutating func end() throws {
    guard let name else { return }
    metric.end()
    if metric.isNumbered {
      context.notes.add(
        "metrics whose values all have step 0 are numbered in the order of time", of: label)
    }
    if metric.replacedCount > 0 {
      context.notes.add("of several values of a step the last counts", of: label)
    }
    try flush(name)
    self.name = nil
    metric = MLflowMetric()
  }

  private mutating func flush(_ name: String) throws {
    let points = metric.take()
    try writer.add(name, steps: points.steps, values: points.values, times: points.times)
  }
}
