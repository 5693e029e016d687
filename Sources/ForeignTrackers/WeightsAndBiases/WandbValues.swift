internal import Interchange
internal import Tracker

/// Hands over the numbers of a log's history, and those that only its summary has.
struct WandbValues {
  private var metrics: MetricCollector
  private var logged: Set<String> = []
  private var summary: [String: Double] = [:]
  private var lastTime: Int64 = 0
  private var nextStep: Int64 = 0
  /// What was left out, in the plural.
  private(set) var omitted: Set<String> = []

  init(_ writer: ImportWriter) {
    metrics = MetricCollector(writer)
    if let start = writer.run.startedMilliseconds { lastTime = start }
  }

  /// Takes a record.
  ///
  /// - Throws: `SQLiteError`.
  mutating func take(_ record: WandbRecord) throws {
    switch record {
    case .history(let items, let step): try take(items, step: step)
    case .summary(let items, let removed):
      for item in withoutMedia(items) {
        for (name, number) in numbers(of: item) { summary[name] = number }
      }
      for path in removed { summary[path.joined(separator: ".")] = nil }
    // Their numbers in wandb_internal.proto.
    case .other(let kind):
      if kind == 7 { omitted.insert("measurements of the system") }
      if kind == 8 { omitted.insert("artifacts that were logged as such") }
    case .header, .run, .environment, .configuration, .exit: break
    }
  }

  private mutating func take(_ items: [WandbItem], step: Int64?) throws {
    func own(_ name: String) -> Double? {
      items.first { $0.path == [name] }.flatMap { JSONValue(python: $0.json)?.number }
    }
    let step = step ?? own("_step").flatMap { Int64(exactly: $0) } ?? nextStep
    nextStep = step + 1
    if let time = own("_timestamp").flatMap({ Int64(exactly: ($0 * 1000).rounded()) }) {
      lastTime = time
    }
    for item in withoutMedia(items) {
      for (name, number) in numbers(of: item) {
        logged.insert(name)
        try metrics.add(name, step: step, value: number, time: lastTime)
      }
    }
  }

  /// Hands over what is left: the numbers that were never logged.
  ///
  /// - Throws: `SQLiteError`.
  mutating func finish() throws {
    for (name, number) in summary where !logged.contains(name) {
      try metrics.add(name, step: 0, value: number, time: lastTime)
    }
    try metrics.flush()
  }

  /// The items that users logged, without those of pictures, tables and the like, whose dictionaries
  /// have a type; W&B itself logs under keys such as _runtime.
  private mutating func withoutMedia(_ items: [WandbItem]) -> [WandbItem] {
    let media = Set(items.filter { $0.path.last == "_type" }.map { $0.path.dropLast() })
    if !media.isEmpty { omitted.insert(Self.media) }
    return items.filter { item in
      guard let first = item.path.first, !first.hasPrefix("_") else { return false }
      return media.isEmpty
        || !item.path.indices.contains { media.contains(item.path.prefix($0)) }
    }
  }

  private static let media = "texts, pictures, tables and histograms that were logged"

  /// The numbers of an item: one, or those of a dictionary by their paths.
  private mutating func numbers(of item: WandbItem) -> [(name: String, number: Double)] {
    let name = item.path.joined(separator: ".")
    guard let value = JSONValue(python: item.json) else { return [] }
    if let number = value.number { return [(name, number)] }
    guard case .object = value, value["_type"] == nil else {
      omitted.insert(Self.media)
      return []
    }
    return value.leaves.compactMap { path, leaf in
      // A list's elements are no metrics of their own.
      guard let number = leaf.number,
        value[path.split(separator: ".").first.map(String.init) ?? ""]
          .map({ if case .array = $0 { false } else { true } }) ?? true
      else { return nil }
      return ("\(name).\(path)", number)
    }
  }
}
