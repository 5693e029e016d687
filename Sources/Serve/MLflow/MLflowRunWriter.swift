internal import SQLite
internal import Tracker

/// Writes runs as clients read them.
///
/// Each table is asked once for all of the runs, since asking for one run after the other takes several
/// times as long.
struct MLflowRunWriter {
  private let store: MLflowStore
  /// The runs' rows, as JSON.
  private let runs: SQLValue
  private let count: Int
  /// The experiments' numbers by their groups.
  private let numbers: [String: String]
  /// What clients and people said of each run, by names.
  private var tags: [[(String, String)]]
  private var datasets = JSONLists()
  private var models = JSONLists()

  /// Prepares to write runs.
  ///
  /// - Parameters:
  ///   - runs: Their rows, in the order in which they are written.
  ///   - store: Where they are.
  /// - Throws: `SQLiteError`.
  init(_ runs: [Int64], in store: MLflowStore) throws {
    self.store = store
    self.runs = .text("[" + runs.map(String.init).joined(separator: ",") + "]")
    count = runs.count
    numbers = try store.numbersByGroup()
    tags = Array(repeating: [], count: runs.count)
    try readAttributes()
    try readWords()
  }

  /// Asks for all runs, in their order; the first column is a run's place among them.
  private func each(_ sql: String, _ body: (_ index: Int, Row) throws -> Void) throws {
    _ = try store.connection.rows(sql, [runs]) { try body(try $0.int(0), $0) }
  }

  private mutating func readAttributes() throws {
    var (tags, datasets, models) = (tags, datasets, models)
    try each(
      """
      SELECT key, kind, name, run_attribute.value
      FROM json_each(?1) AS wanted CROSS JOIN run_attribute ON run_id = wanted.value
      """
    ) { index, row in
      switch try row.text(1) {
      case "tag": tags[index].append((try row.text(2), try row.text(3)))
      case "dataset": datasets.add(to: index) { json in row.withText(3) { json.raw($0) } }
      default:
        models.add(to: index) { json in
          json.object { object in
            object.string("model_id", row, 2)
            object.integer("step", 0)
          }
        }
      }
    }
    (self.tags, self.datasets, self.models) = (tags, datasets, models)
  }

  /// Words that people gave runs are tags, too, unless they are of a tag that is known.
  private mutating func readWords() throws {
    var words: [(index: Int, word: String)] = []
    try each(
      """
      SELECT key, tag FROM json_each(?1) AS wanted CROSS JOIN run_tag ON run_id = wanted.value
      """
    ) { index, row in words.append((index, try row.text(1))) }
    for (index, word) in words
    where !tags[index].contains(where: { MLflowStore.word($0.0, $0.1) == word }) {
      let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(halves[0])
      if !tags[index].contains(where: { $0.0 == name }) {
        tags[index].append((name, halves.count > 1 ? String(halves[1]) : ""))
      }
    }
  }

  private typealias Parts = (infos: [[UInt8]], metrics: JSONLists, parameters: JSONLists)

  private func parts() throws -> Parts { (try infos(), try metrics(), try parameters()) }

  /// Writes a list of the runs with their latest metrics, parameters and tags.
  func write(to json: inout JSONText) throws {
    let parts = try parts()
    json.list(0..<count) { write($1, parts, to: &$0) }
  }

  /// Writes the first run.
  func writeFirst(to json: inout JSONText) throws { write(0, try parts(), to: &json) }

  private func write(_ index: Int, _ parts: Parts, to json: inout JSONText) {
    json.object { object in
      object.member("info") { $0.raw(parts.infos[index]) }
      object.member("data") { json in
        json.object { data in
          data.member("metrics") { parts.metrics.write(index, to: &$0) }
          data.member("params") { parts.parameters.write(index, to: &$0) }
          data.member("tags") { $0.pairs(tags[index]) }
        }
      }
      object.member("inputs") { json in
        json.object { inputs in
          inputs.member("dataset_inputs") { datasets.write(index, to: &$0) }
        }
      }
      object.member("outputs") { json in
        json.object { outputs in
          outputs.member("model_outputs") { models.write(index, to: &$0) }
        }
      }
    }
  }

  /// What each run is, as JSON.
  func infos() throws -> [[UInt8]] {
    var infos = Array(repeating: [UInt8](), count: count)
    try each(
      """
      SELECT
        wanted.key, uuid, coalesce(run_label.name, run.name, ''), state, created_ms,
        coalesce(finished_ms, (SELECT max(ended_ms) FROM execution WHERE run_id = run.id)),
        group_name, how
      FROM json_each(?1) AS wanted CROSS JOIN run ON run.id = wanted.value
      LEFT JOIN run_label ON run_label.run_id = run.id
      LEFT JOIN hidden_run ON hidden_run.run_id = run.id
      """
    ) { index, row in
      var json = JSONText()
      try writeInfo(index, row, to: &json)
      infos[index] = json.bytes
    }
    return infos
  }

  private func writeInfo(_ index: Int, _ row: Row, to json: inout JSONText) throws {
    let uuid = try row.text(1)
    let state = RunState(rawValue: try row.text(3)) ?? .failed
    let number =
      row.value(6).text.map { numbers[$0] ?? MLflowExperiment.number(ofGroup: $0) }
      ?? MLflowExperiment.defaultNumber
    json.object { object in
      object.string("run_id", uuid)
      object.string("run_uuid", uuid)
      object.string("run_name", row, 2)
      object.string("experiment_id", number)
      object.string("user_id", tags[index].first { $0.0 == "mlflow.user" }?.1 ?? "")
      object.string("status", MLflowStore.statuses.first { $0.state == state }?.name)
      object.integer("start_time", row.value(4).integer)
      if state != .running, state != .queued { object.integer("end_time", row.value(5).integer) }
      object.string("artifact_uri", "mlflow-artifacts:/\(number)/\(uuid)/artifacts")
      object.string("lifecycle_stage", row.value(7).text == "deleted" ? "deleted" : "active")
    }
  }

  /// The last value of each metric.
  ///
  /// All values of a run with few of them are read. Of another one names are looked for one after the
  /// other, and the last value of each, since a metric may have millions.
  private func metrics() throws -> JSONLists {
    var lists = JSONLists()
    try each(
      """
      WITH RECURSIVE
        wanted (key, run_id, has_few) AS MATERIALIZED (
          SELECT
            key, value,
            NOT EXISTS (SELECT 1 FROM metric WHERE run_id = listed.value LIMIT 1 OFFSET 32)
          FROM json_each(?1) AS listed),
        names (key, run_id, name) AS (
          SELECT key, run_id, (SELECT min(name) FROM metric WHERE run_id = wanted.run_id)
          FROM wanted WHERE NOT has_few
          UNION ALL
          SELECT key, run_id, (
            SELECT min(name) FROM metric WHERE run_id = names.run_id AND name > names.name)
          FROM names WHERE names.name IS NOT NULL)
      SELECT key, metric.name, metric.value, recorded_ms, step
      FROM names CROSS JOIN metric ON metric.run_id = names.run_id AND metric.name = names.name
        AND step = (
          SELECT max(step) FROM metric WHERE run_id = names.run_id AND name = names.name)
      UNION ALL
      -- The other columns are those of the row with the largest step.
      SELECT key, metric.name, metric.value, recorded_ms, max(step)
      FROM wanted CROSS JOIN metric ON metric.run_id = wanted.run_id
      WHERE has_few
      GROUP BY key, metric.name
      ORDER BY 1, 2
      """
    ) { index, row in
      lists.add(to: index) { json in
        json.object { object in
          object.string("key", row, 1)
          object.member("value") { $0.number(row.value(2).real ?? .nan) }
          object.integer("timestamp", row.value(3).integer)
          object.integer("step", row.value(4).integer)
        }
      }
    }
    return lists
  }

  private func parameters() throws -> JSONLists {
    var lists = JSONLists()
    try each(
      """
      SELECT key, name, parameter.value
      FROM json_each(?1) AS wanted CROSS JOIN parameter ON run_id = wanted.value
      """
    ) { index, row in
      lists.add(to: index) { json in
        json.object { object in
          object.string("key", row, 1)
          object.string("value", MLflowValue.text(row.value(2)))
        }
      }
    }
    return lists
  }
}
