internal import SQLite
internal import Tracker

/// Where the numbers of a report come from: the database, the runs, the queries.
///
/// It names nothing that changes when the same database is read again, elsewhere or later.
struct ReportProvenance {
  private let database: String
  private let study: Run
  /// The runs behind the study itself, and then those behind the studies of other seeds.
  let runs: QueryResult
  private let queries: [Query]

  /// Gathers what the numbers of a study or of a model come from.
  ///
  /// - Parameters:
  ///   - study: The run that joins the study's results, or the model's training.
  ///   - tracker: The record.
  ///   - queries: The queries of the report.
  ///   - seeds: The studies that are compared over seeds, by their runs.
  /// - Throws: ``ReportError/mixedData(study:digests:isModel:)`` if its runs read different data.
  init(of study: Run, in tracker: Tracker, queries: [Query], seeds: [String] = []) throws {
    self.study = study
    self.queries = queries
    database = try tracker.databaseUUID
    let own = try tracker.query(.provenance, ["study": .text(study.uuid)])
    let others = try seeds.filter { $0 != study.uuid }.flatMap { seed in
      try tracker.query(.provenance, ["study": .text(seed)]).rows
    }
    runs = QueryResult(columns: own.columns, rows: own.rows + others)
    guard digests.count <= 1 else {
      throw ReportError.mixedData(
        study: study.uuid, digests: digests, isModel: study.isModel)
    }
  }

  private var subject: String { study.reportedName }
  private var seed: String {
    study.seed.map { ", seed \($0)" } ?? (study.isModel ? ", imported" : "")
  }
  private var digests: [String] { distinct { $0["dataset_sha256"].text } }
  private var ownRuns: [Record] { runs.records.filter { $0.text("study") == study.uuid } }

  private func distinct(_ value: (Record) -> String?) -> [String] {
    Set(ownRuns.compactMap(value)).sorted()
  }

  private var finished: String {
    let own = ownRuns.first { $0.text("run") == study.uuid }
    return String((own?.text("finished") ?? "").prefix(16)).replacing("T", with: " ") + " UTC"
  }

  private func commits(digits: Int) -> String {
    let commits = distinct { run in
      run["git_commit"].text.map {
        $0.prefix(digits) + (run.integer("git_dirty") == 1 ? " with changes" : "")
      }
    }
    return commits.isEmpty ? "" : ", commit " + commits.joined(separator: " and ")
  }

  private var versions: String {
    distinct { $0["program_version"].text }.joined(separator: " and ")
  }
  private var dataset: String {
    study.configuration["dataset"]?.string ?? distinct { $0["dataset"].text }.first ?? "unknown"
  }

  /// Everything, each query and run on a line of its own.
  var lines: [String] {
    [
      "Database \(database).",
      "\(subject.prefix(1).uppercased() + subject.dropFirst()) \(study.uuid)\(seed), finished \(finished), Assay \(versions)"
        + "\(commits(digits: 40)).",
      "Data \(dataset), SHA-256 \(digests.first ?? "unknown").",
    ]
      + queries.map { "Query \($0.rawValue), SHA-256 \($0.sha256)." }
      + runs.records.map { run in
        let words = [run.text("kind"), run.text("attack"), run.text("run")].filter { !$0.isEmpty }
        let seed = run["seed"].integer.map { ", seed \($0)" } ?? ""
        return "Run \(words.joined(separator: " "))\(seed), key \(run.text("key"))."
      }
  }

  /// A footer for terminals: names and digests by their first eight digits.
  func text(width: Int? = nil) -> String {
    let runs = runs.records.grouped(by: "study").map { study, runs in
      let seed = runs.first { $0.text("run") == study }?["seed"].integer
      let whose = study == self.study.uuid ? "Runs" : "Runs of seed \(seed ?? 0)"
      let names = runs.map { run in
        ([run.text("kind"), run.text("attack"), String(run.text("run").prefix(8))].filter {
          !$0.isEmpty
        } + ["(\(run.text("key").prefix(8)))"]).joined(separator: "\u{A0}")
      }
      return "\(whose) (key): " + names.joined(separator: ", ") + "."
    }
    let paragraphs =
      [
        "From database \(database.prefix(8)), \(subject) \(study.uuid.prefix(8))\(seed), "
          + "finished \(finished), Assay \(versions)\(commits(digits: 12)).",
        "Data (SHA-256): \(dataset) (\((digests.first ?? "unknown").prefix(8))). Queries (SHA-256): "
          + queries.map { "\($0.rawValue)\u{A0}(\($0.sha256.prefix(8)))" }.joined(separator: ", ")
          + ".",
      ] + runs
    let width = min(width ?? Table.noteWidth, Table.noteWidth)
    return paragraphs.flatMap { $0.terminalText.wrapped(to: width) }.map { $0 + "\n" }.joined()
      .replacing("\u{A0}", with: " ")
  }

  /// A footer of Markdown.
  var markdown: String {
    "Where these numbers come from:\n\n"
      + lines.map { "- \(Markdown.escaped($0.terminalText))\n" }.joined()
  }

  /// An object of JSON.
  var json: String {
    func quoted(_ text: String) -> String { JSONValue.string(text).canonical }
    let members = queries.map {
      "    {\"name\": \(quoted($0.rawValue)), \"sha256\": \(quoted($0.sha256))}"
    }
    let runs = Table(
      title: "", columns: runs.columns.map { .init($0, $0, .text) }, rows: runs.rows)
    return """
      {
        "database": \(quoted(database)),
        "\(subject)": \(quoted(study.uuid)),
        "intervals": {"level": 0.95, "proportions": "Wilson", "auroc": "DeLong"},
        "queries": [
      \(members.joined(separator: ",\n"))
        ],
        "runs": \(runs.renderedJSON())
      }
      """
  }

  /// What a manifest says of it.
  var manifest: [String: JSONValue] {
    [
      "database": .object(["uuid": .string(database)]),
      subject: .string(study.uuid),
      "data": .object([
        "name": .string(dataset), "sha256": .string(digests.first ?? "unknown"),
      ]),
      "runs": .array(
        runs.records.map { run in
          .object([
            "run": .string(run.text("run")), "kind": .string(run.text("kind")),
            "key": .string(run.text("key")),
          ])
        }),
    ]
  }
}
