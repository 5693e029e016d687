import Report
import SQLite
import Tracker

/// Everything that is recorded of one run, as tables.
struct RunSections {
  private let sections: [(name: String, table: Table)]
  /// The last lines of a command's output and errors.
  private let output: [(isErrors: Bool, lines: [String])]

  /// Reads the run's rows from the public views.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - tracker: The record.
  ///   - hasPoints: Whether every value of its metrics is among them, which may be millions.
  /// - Throws: `SQLiteError` or `TrackerError`.
  init(of run: Run, in tracker: Tracker, withPoints hasPoints: Bool = true) throws {
    let queries: [(name: String, title: String, sql: String)] = [
      (
        "run", "Run",
        """
        SELECT run, kind, state, name, key, seed, created, finished, duration_seconds,
          progress_done, progress_total, error, group_name, tags, hidden
        FROM runs WHERE run = :run
        """
      ),
      (
        "parameters", "Configuration",
        "SELECT name, value FROM parameters WHERE run = :run ORDER BY name"
      ),
      (
        "parents", "Used results of",
        "SELECT role, parent, parent_kind AS kind FROM lineages WHERE run = :run ORDER BY role"
      ),
      (
        "children", "Results used by",
        "SELECT run, kind, role FROM lineages WHERE parent = :run ORDER BY kind, run"
      ),
      (
        "metrics", "Metrics",
        "SELECT name, step, value FROM metrics WHERE run = :run ORDER BY name, step"
      ),
      (
        "run_metrics", "Metrics",
        """
        SELECT metric, points, first_step, last_step, first_value, last_value, lowest_value,
          highest_value
        FROM run_metrics WHERE run = :run ORDER BY metric
        """
      ),
      (
        "notes", "Notes",
        "SELECT recorded, text FROM run_notes WHERE run = :run ORDER BY note_number"
      ),
      (
        "checkpoints", "Checkpoints",
        """
        SELECT checkpoint, artifact, step, progress_done, size, recorded, is_kept
        FROM checkpoints WHERE run = :run ORDER BY checkpoint
        """
      ),
      (
        "artifacts", "Artifacts",
        "SELECT name, size, media_type, sha256 FROM artifacts WHERE run = :run ORDER BY name"
      ),
      (
        "executions", "Executions",
        """
        SELECT number, outcome, started, ended, host, process_id, threads, git_commit, git_dirty,
          program_version, swift_version, sqlite_version, blas, operating_system, processor,
          command_line, peak_memory_bytes
        FROM executions WHERE run = :run ORDER BY number
        """
      ),
      (
        "programs", "Commands",
        """
        SELECT execution, outcome, exit_code, signal, user_seconds, system_seconds,
          child_peak_memory_bytes, output_bytes, error_bytes, command_line, working_directory,
          git_branch, git_remote, gpus, environment, child_process_id
        FROM program_executions WHERE run = :run ORDER BY execution
        """
      ),
      (
        "training", "Trained network",
        """
        SELECT dataset, architecture, weight_count, dropout_rate, dropout_sites, test_images,
          test_correct, test_accuracy
        FROM training_runs WHERE run = :run
        """
      ),
      (
        "adversarial_set", "Adversarial set",
        """
        SELECT attack, model, image_count AS images, success_rate, mean_l0, mean_l2, mean_linf
        FROM adversarial_sets WHERE run = :run AND image_count IS NOT NULL
        """
      ),
      (
        "verdict", "Verdict of the whole system",
        """
        SELECT detector, attack, image_count AS images, flagged_count AS flagged,
          evading_count AS evading, evading_rate, is_adaptive
        FROM verdicts WHERE run = :run AND image_count IS NOT NULL
        """
      ),
      (
        "evaluation", "Evaluation",
        """
        SELECT model, detector, baseline, dataset, norm, epsilon, image_count AS images
        FROM evaluations WHERE run = :run
        """
      ),
      (
        "evaluation_parts", "Parts of the evaluation",
        """
        SELECT part_number, part_role, evaluation_parts.attack, evaluation_parts.epsilon,
          evaluation_parts.is_adaptive, success_rate, evading_rate, repeats
        FROM evaluation_parts
        LEFT JOIN adversarial_sets USING (adversarial_set)
        LEFT JOIN verdicts USING (verdict)
        WHERE evaluation = :run ORDER BY part_number
        """
      ),
      (
        "scores", "Measures of the images",
        """
        SELECT measure.name AS measure, measure.orientation,
          (SELECT count(*) FROM image_score
           WHERE image_score.run_id = scored_measure.run_id AND measure_id = measure.id) AS images,
          (SELECT group_concat(name || ' = ' || format('%.4g', value), ', ') FROM score_setting
           WHERE score_setting.run_id = scored_measure.run_id AND measure_id = measure.id) AS tuned
        FROM run
        JOIN scored_measure ON run.id IN (scored_measure.run_id, scored_measure.measurement_id)
        JOIN measure ON measure.id = measure_id
        WHERE run.uuid = :run ORDER BY measure.id
        """
      ),
      (
        "votes", "Votes on the images",
        """
        SELECT voter.name AS voter,
          (SELECT count(*) FROM image_vote
           WHERE image_vote.run_id = recorded_voter.run_id AND voter_id = voter.id) AS images
        FROM run
        JOIN recorded_voter ON run.id IN (recorded_voter.run_id, recorded_voter.measurement_id)
        JOIN voter ON voter.id = voter_id
        WHERE run.uuid = :run ORDER BY voter.id
        """
      ),
      (
        "detector", "Detector",
        """
        SELECT detector_name, learner, fitted_part,
          (SELECT group_concat(value, ', ') FROM json_each(fitted_attacks)) AS fitted_attacks,
          inputs, clean_images, adversarial_images, threshold
        FROM detectors WHERE run = :run
        """
      ),
      (
        "detector_inputs", "What it reads",
        """
        SELECT input, weight FROM detector_inputs WHERE run = :run ORDER BY place
        """
      ),
      (
        "detector_results", "At its threshold",
        """
        SELECT attack, part, images, detection_accuracy, detection_accuracy_low,
          detection_accuracy_high
        FROM detector_results WHERE run = :run ORDER BY part DESC, attack
        """
      ),
      (
        "measures", "Measures of uncertainty",
        "SELECT measure, orientation, auroc FROM measure_results WHERE run = :run ORDER BY auroc DESC"
      ),
      (
        "detectors", "Detectors",
        """
        -- A threshold that no score reaches is infinite, which JSON cannot say.
        SELECT protocol, method, detector, measure,
          iif(abs(low_threshold) < 9e999, low_threshold, NULL) AS low_threshold,
          iif(abs(high_threshold) < 9e999, high_threshold, NULL) AS high_threshold,
          agreement_threshold, detection_accuracy, classification_accuracy, sent_to_crops
        FROM detection_results WHERE run = :run
        ORDER BY protocol DESC, method, detector = 'hybrid' DESC, detector, detection_accuracy DESC,
          measure
        """
      ),
    ]
    sections = try queries.filter { hasPoints || $0.name != "metrics" }.map { query in
      let result = try tracker.read { try $0.query(query.sql, ["run": .text(run.uuid)]) }
      let columns = result.columns.map { Table.Column($0, $0, .text) }
      return (query.name, Table(title: query.title, columns: columns, rows: result.rows))
    }
    var tail = RunOutput(of: run)
    output = try tail.lastLines(Self.outputLines, in: tracker)
  }

  /// How many lines of a command's output are shown.
  private static let outputLines = 10

  /// What people are shown of a run: the last lines of its output, and of metrics no single values.
  private var textSections: [(name: String, table: Table)] {
    let shown = sections.filter { !$0.table.rows.isEmpty && $0.name != "metrics" }
    return shown
      + output.map { isErrors, lines in
        let table = Table(
          title: isErrors ? "Errors, the last lines" : "Output, the last lines",
          columns: [.init("line", "", .text)], rows: lines.map { [.text($0)] })
        return (isErrors ? "errors" : "output", table)
      }
  }

  /// The sections in a format; CSV, TSV and JSON Lines have a row for each value, under its
  /// section, row and column.
  func rendered(as format: TableFormat) -> String {
    switch format {
    case .json:
      let members = sections.map { "\"\($0.name)\": " + $0.table.rendered(as: .json).dropLast() }
      return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    case .csv, .tsv, .jsonl: return flattened.rendered(as: format)
    case .text, .markdown, .latex, .html:
      return
        textSections
        .map { Self.isLong($0.name) ? $0.table : Self.transposed($0.table) }
        .map { $0.shown(as: format) }.joined(separator: "\n")
    }
  }

  /// What matters of a stage that has just been done: its result, and where the rest is.
  func summary(of run: Run, in database: DatabaseOptions) -> String {
    let results = sections.filter {
      Self.results.contains($0.name)
        && !$0.table.rows.isEmpty
    }
    let tables = results.map { name, table in
      Self.isLong(name) ? Self.shortened(table) : Self.transposed(table)
    }
    let head = "run \(run.uuid.prefix(8)): \(run.kind)" + (run.name.map { " '\($0)'" } ?? "")
    let command = "assay runs show \(run.uuid.prefix(8))\(database.shellWords)".terminalText
    return
      ([head.terminalText + "\n"] + tables.map { $0.shown(as: .text) }
      + ["Everything about it: \(command), or --full.\n"])
      .joined(separator: "\n")
  }

  /// The sections that say what came of a stage.
  private static let results: Set<String> = [
    "training", "adversarial_set", "scores", "votes", "detector", "detector_results", "measures",
    "detectors", "verdict", "evaluation",
  ]

  /// The columns of long sections that say what came of a stage.
  private static let telling: Set<String> = [
    "orientation", "auroc", "protocol", "detector", "measure", "agreement_threshold",
    "detection_accuracy", "voter", "images", "tuned", "attack", "part",
  ]

  /// The first rows of a long section, which are the best ones.
  private static func shortened(_ table: Table) -> Table {
    let isMany = table.rows.count > 8
    let kept = table.columns.indices.filter { telling.contains(table.columns[$0].name) }
    return Table(
      title: table.title, notes: isMany ? ["The first 8 of \(table.rows.count)."] : [],
      columns: kept.map { table.columns[$0] },
      rows: table.rows.prefix(8).map { row in kept.map { row[$0] } })
  }

  /// Sections of one wide row are read top to bottom.
  private static func isLong(_ name: String) -> Bool {
    ![
      "run", "executions", "programs", "training", "adversarial_set", "detector", "verdict",
      "evaluation",
    ].contains(name)
  }

  private static func transposed(_ table: Table) -> Table {
    let columns =
      [Table.Column("name", "", .text)]
      + table.rows.indices.map { Table.Column("value \($0)", "", .text) }
    let rows = table.columns.indices.map { column in
      [.text(table.columns[column].heading)] + table.rows.map { $0[column] }
    }
    return Table(title: table.title, columns: columns, rows: rows)
  }

  private var flattened: Table {
    let rows = sections.flatMap { section in
      section.table.rows.enumerated().flatMap { index, row in
        zip(section.table.columns, row).map { column, value in
          [.text(section.name), .integer(Int64(index)), .text(column.name), value]
        }
      }
    }
    let columns = ["section", "row", "column", "value"].map { Table.Column($0, $0, .text) }
    return Table(title: "", columns: columns, rows: rows)
  }
}

extension [UInt8] {
  /// The last lines of a text, without their ends.
  func lastLines(_ count: Int) -> [String] {
    let tail = suffix(Self.longestTail)
    let lines = tail.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let whole = lines.last?.isEmpty == true ? lines.dropLast() : lines[...]
    return whole.suffix(count).map { String(decoding: $0, as: UTF8.self) }
  }

  /// How much of the end of a text lines are looked for in, in bytes.
  private static var longestTail: Int { 65_536 }
}
