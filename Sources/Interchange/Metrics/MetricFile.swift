/// Metrics of runs of other programs, as a file contains them.
public struct MetricFile: Sendable {
  /// One value of a metric at one step.
  public struct Point: Sendable, Equatable {
    /// The metric's name.
    public let name: String
    /// The step, or 0 if the line has none, which a note says if other lines have one.
    public let step: Int64
    /// The value, which may be infinite, or NaN if the file has NaN or no value.
    public let value: Double

    /// Creates the value of a metric at a step.
    public init(name: String, step: Int64, value: Double) {
      self.name = name
      self.step = step
      self.value = value
    }
  }

  /// A run of another program, with all its metrics.
  public struct ExternalRun: Sendable, Equatable {
    /// The run's name, from the file or the interpretation.
    public let name: String
    /// The run's kind, 1 to 64 characters.
    public let kind: String
    /// The values of all metrics, no two for the same name and step.
    public fileprivate(set) var points: [Point] = []
    /// The run's parameters by column, as the file writes them.
    ///
    /// A column is a parameter if it has words that stay the same throughout each run, or if the
    /// interpretation names it.
    public fileprivate(set) var parameters: [String: String] = [:]
  }

  /// How to understand the lines of a file.
  public struct Interpretation: Sendable {
    /// The kind of runs for which the file gives none.
    public var kind: String
    /// The name of the run if no column gives one, or nil if a column has to.
    public var name: String?
    /// The column that numbers the steps.
    public var step = "step"
    /// Columns to read as parameters even if they contain numbers.
    public var parameters: [String] = []
    /// Kinds that external runs may not have, which the reader prefixes with "external-".
    public var reservedKinds: Set<String>
    /// Parameters that external runs may not have, nor any whose name goes on with a point behind
    /// one of them.
    public var reservedParameters: Set<String>

    /// Creates an interpretation that takes the steps from the column "step".
    public init(
      kind: String, name: String? = nil, reservedKinds: Set<String> = [],
      reservedParameters: Set<String> = []
    ) {
      self.kind = kind
      self.name = name
      self.reservedKinds = reservedKinds
      self.reservedParameters = reservedParameters
    }

    /// Whether no parameter of an external run may have a name.
    fileprivate func reserves(_ name: String) -> Bool {
      reservedParameters.contains { name == $0 || name.hasPrefix($0 + ".") }
    }
  }

  /// The runs, in the order in which the file first names them.
  public private(set) var runs: [ExternalRun] = []
  /// What the reader left out or understood in a way that is not obvious, one line each.
  public private(set) var notes: [String] = []

  private let file: String
  /// Columns that are no metrics.
  private let reserved: Set<String>
  private let interpretation: Interpretation

  /// Reads a CSV file, whose first line names the columns.
  ///
  /// - Parameters:
  ///   - bytes: The file, in UTF-8, or in UTF-16 with a byte order mark.
  ///   - delimiter: The byte between fields. If nil, the reader detects a comma, semicolon or tab.
  ///   - interpretation: How to understand the lines.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError`` that names the first line with a problem.
  public init(
    csv bytes: [UInt8], delimiter: UInt8? = nil, as interpretation: Interpretation, file: String
  ) throws(InterchangeError) {
    let read = try CSVMetricRecords(
      bytes, delimiter: delimiter,
      texts: Set(["run", "kind", "name"] + interpretation.parameters), file: file)
    guard interpretation.name != nil || read.columns.contains("run") else {
      throw .unsupported(file: file, feature: .unnamedRun)
    }
    try self.init(read.records, columns: read.columns, as: interpretation, file: file)
  }

  /// Reads a JSON Lines file, which has one JSON object per line.
  ///
  /// - Parameters:
  ///   - bytes: The file, in UTF-8, or in UTF-16 with a byte order mark.
  ///   - interpretation: How to understand the lines.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError`` that names the first line with a problem.
  public init(
    jsonLines bytes: [UInt8], as interpretation: Interpretation, file: String
  ) throws(InterchangeError) {
    let read = try JSONMetricRecords(bytes, file: file)
    try self.init(read.records, columns: read.columns, as: interpretation, file: file)
  }

  private init(
    _ records: [MetricRecord], columns: [String], as interpretation: Interpretation, file: String
  ) throws(InterchangeError) {
    self.file = file
    self.interpretation = interpretation
    reserved = ["run", "kind", "name", "value", "recorded", interpretation.step]
    for column in interpretation.parameters where !columns.contains(column) {
      throw .malformed(
        file: file, format: "metrics",
        problem: "it has no column '\(InterchangeError.shown(column))'")
    }
    let words = wordColumns(columns, of: records)
    let named = wordNames(of: records)
    var lines: [[MetricRecord]] = []
    var places: [String: Int] = [:]
    for record in records {
      let run = try run(of: record)
      let place = places[run.name] ?? runs.count
      if place == runs.count {
        places[run.name] = place
        runs.append(run)
        lines.append([])
      }
      guard runs[place].kind == run.kind else {
        throw problem(record, "gives the run '\(InterchangeError.shown(run.name))' a second kind")
      }
      lines[place].append(record)
    }
    var (repeated, unnumbered) = (0, 0)
    for (place, records) in lines.enumerated() {
      let counts = try addPoints(of: records, without: words, named, to: place)
      repeated += counts.repeated
      unnumbered += counts.unnumbered
    }
    if unnumbered > 0, records.contains(where: { hasStep($0) }) {
      notes.append(
        "\(file): \(unnumbered) \(unnumbered == 1 ? "value has" : "values have") no step, where other "
          + "lines have one; 0 is taken")
    }
    if repeated > 0 {
      notes.append(
        "\(file): \(repeated) \(repeated == 1 ? "value comes" : "values come") again for a step "
          + "that has one already; the later one counts")
    }
    try addParameters(words, named, of: lines)
    guard runs.contains(where: { !$0.points.isEmpty }) else {
      let all = words + named.subtracting(words).sorted()
      let problem = all.isEmpty ? "" : "; no numbers are in \(InterchangeError.list(all))"
      throw .malformed(file: file, format: "metrics", problem: "it has no metrics" + problem)
    }
  }

  private func problem(_ record: MetricRecord, _ text: String) -> InterchangeError {
    .malformed(file: file, format: "metrics", problem: "line \(record.line) \(text)")
  }

  private func notNumber(
    _ value: MetricValue, for name: String, in record: MetricRecord
  ) -> InterchangeError {
    let shown = value.words.map { "'\(InterchangeError.shown($0))'" } ?? "a list or an object"
    return problem(
      record, "has \(shown) for '\(InterchangeError.shown(name))', which is no number")
  }

  private func run(of record: MetricRecord) throws(InterchangeError) -> ExternalRun {
    guard let name = record.values["run"]?.words ?? interpretation.name else {
      throw problem(record, "lacks the name of its run")
    }
    let given = record.values["kind"]?.words ?? interpretation.kind
    let kind = interpretation.reservedKinds.contains(given) ? "external-\(given)" : given
    guard (1...64).contains(kind.unicodeScalars.count) else {
      throw problem(record, "has a kind that is empty or longer than 64 characters")
    }
    // SQL's texts end at the first of them.
    for text in [name, kind] where text.unicodeScalars.contains("\0") {
      throw problem(record, "has a name with a NUL character")
    }
    return ExternalRun(name: name, kind: kind)
  }
}

extension MetricFile {
  private static func isMetricALine(_ record: MetricRecord) -> Bool {
    record.values["name"] != nil && record.values["value"] != nil
  }

  /// The columns that are asked for as parameters, or in which nothing is a number and something is
  /// not empty.
  private func wordColumns(_ columns: [String], of records: [MetricRecord]) -> [String] {
    columns.filter { column in
      guard !reserved.contains(column), !column.isEmpty else { return false }
      guard !interpretation.parameters.contains(column) else { return true }
      var hasWords = false
      for record in records where !Self.isMetricALine(record) {
        guard let value = record.values[column], value != .nothing else { continue }
        if value.number != nil { return false }
        hasWords = hasWords || !value.isMissing
      }
      return hasWords
    }
  }

  /// The metrics of lines with a name and a value in which nothing is a number and something is not
  /// empty.
  private func wordNames(of records: [MetricRecord]) -> Set<String> {
    var (numbers, words): (Set<String>, Set<String>) = ([], [])
    for record in records {
      guard let name = record.values["name"]?.words, let value = record.values["value"],
        !value.isMissing
      else { continue }
      if value.number == nil { words.insert(name) } else { numbers.insert(name) }
    }
    return words.subtracting(numbers).subtracting(reserved)
  }

  /// Adds the values of a run's lines; of those that come twice for a step, the later one counts.
  ///
  /// - Returns: How many came again, and how many have no step.
  private mutating func addPoints(
    of records: [MetricRecord], without words: [String], _ named: Set<String>, to place: Int
  ) throws(InterchangeError) -> (repeated: Int, unnumbered: Int) {
    struct Place: Hashable {
      let name: String
      let step: Int64
    }
    let words = Set(words)
    var known: [Place: Int] = [:]
    var points: [Point] = []
    var (repeated, unnumbered) = (0, 0)
    for record in records {
      let step = try step(of: record)
      for (name, value) in try values(of: record, without: words, named) {
        guard !name.unicodeScalars.contains("\0") else {
          throw problem(record, "has a name with a NUL character")
        }
        if step == nil { unnumbered += 1 }
        let point = Point(name: name, step: step ?? 0, value: value)
        let key = Place(name: name, step: point.step)
        guard let index = known[key] else {
          known[key] = points.count
          points.append(point)
          continue
        }
        // Without steps, nothing says that the lines are about the same one.
        guard step != nil else {
          throw .unsupported(
            file: file, feature: .unnumberedStep(line: record.line, metric: name))
        }
        points[index] = point
        repeated += 1
      }
    }
    runs[place].points = points
    return (repeated, unnumbered)
  }

  private func hasStep(_ record: MetricRecord) -> Bool {
    record.values[interpretation.step].map { !$0.isMissing } ?? false
  }

  private func step(of record: MetricRecord) throws(InterchangeError) -> Int64? {
    guard let given = record.values[interpretation.step], !given.isMissing else { return nil }
    guard let step = given.wholeNumber else {
      throw problem(record, "has a step that is no whole number")
    }
    return step
  }

  private func values(
    of record: MetricRecord, without words: Set<String>, _ named: Set<String>
  ) throws(InterchangeError) -> [(String, Double)] {
    if let name = record.values["name"], let value = record.values["value"] {
      guard let name = name.words else { throw problem(record, "lacks the name of its metric") }
      guard !named.contains(name) else { return [] }
      guard let number = value.isMissing ? .nan : value.number else {
        throw notNumber(value, for: name, in: record)
      }
      return [(name, number)]
    }
    var values: [(String, Double)] = []
    for (name, value) in record.values.sorted(by: { $0.key < $1.key })
    where !reserved.contains(name) && !words.contains(name) && !name.isEmpty
      && !value.isMissing
    {
      guard let number = value.number else {
        throw notNumber(value, for: name, in: record)
      }
      values.append((name, number))
    }
    return values
  }

  /// Makes words that stay the same throughout each run its parameters; says which columns are left
  /// out.
  private mutating func addParameters(
    _ columns: [String], _ named: Set<String>, of lines: [[MetricRecord]]
  ) throws(InterchangeError) {
    let texts = lines.map { Self.texts(of: columns, named, in: $0) }
    var changing: Set<String> = []
    for texts in texts {
      for (name, values) in texts
      where values.count > 1 || values.contains(.nested) || name.unicodeScalars.contains("\0") {
        changing.insert(name)
      }
    }
    var (kept, dropped, taken): ([String], [String], [String]) = ([], [], [])
    for column in columns + named.subtracting(columns).sorted() {
      let isAsked = interpretation.parameters.contains(column)
      guard !interpretation.reserves(column) else {
        guard !isAsked else {
          throw .malformed(
            file: file, format: "metrics",
            problem: "'\(InterchangeError.shown(column))' is a name that no parameter can have")
        }
        taken.append(column)
        continue
      }
      guard !changing.contains(column) else {
        guard !isAsked else {
          throw .malformed(
            file: file, format: "metrics",
            problem: "'\(InterchangeError.shown(column))' changes within a run")
        }
        dropped.append(column)
        continue
      }
      if !isAsked { kept.append(column) }
    }
    for (place, texts) in texts.enumerated() {
      for (name, values) in texts
      where !changing.contains(name) && !interpretation.reserves(name) {
        if let text = values.first?.words { runs[place].parameters[name] = text }
      }
    }
    if !kept.isEmpty {
      notes.append(
        "\(file): words that stay the same in a run are parameters: \(InterchangeError.list(kept))")
    }
    if !taken.isEmpty {
      notes.append(
        "\(file): left out, since no parameter can have the name: \(InterchangeError.list(taken))")
    }
    if !dropped.isEmpty {
      notes.append("\(file): left out, since no numbers: \(InterchangeError.list(dropped))")
    }
  }

  /// What a run's lines have in columns of words, and as metrics whose values are words.
  private static func texts(
    of columns: [String], _ named: Set<String>, in records: [MetricRecord]
  ) -> [String: Set<MetricValue>] {
    var texts: [String: Set<MetricValue>] = [:]
    for record in records {
      for column in columns {
        if let value = record.values[column], value != .nothing {
          texts[column, default: []].insert(value)
        }
      }
      guard !named.isEmpty, let name = record.values["name"]?.words, named.contains(name),
        let value = record.values["value"], value != .nothing
      else { continue }
      texts[name, default: []].insert(value)
    }
    return texts
  }
}
