import ArgumentParser
import Report
import SQLite
import Sweep
import Tracker

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Searches hyperparameters with any number of workers.",
    discussion: """
      Example: assay sweep run sweep.yaml --workers 2
      Example: assay sweep status learning-rate
      Example: assay sweep run sweep.yaml --queue postgresql://host/assay
      """,
    subcommands: [
      Run.self, Work.self, Ask.self, Status.self, Best.self, Stop.self, List.self, Show.self,
      Export.self, Pull.self,
    ])
}

/// The sweep that a command is about.
struct SweepArgument: ParsableArguments {
  @Argument(
    help: "The sweep's name.",
    completion: .custom { words, _, _ in Completions.sweeps(words) })
  var name: String
}

extension SweepCommand {
  /// A command about a sweep as a shell runs it, to be shown as the next one.
  static func shown(_ verb: String, _ sweep: String, in database: DatabaseOptions) -> String {
    "assay sweep \(verb) \(ShellWord(sweep))\(database.shellWords)"
  }

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop",
      abstract: "Asks a sweep's workers to give back their trials and end.",
      discussion: """
        Cancels its jobs in Slurm too. The same 'assay sweep run' resumes it.

        Example: assay sweep stop learning-rate
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var queue: QueueOption

    func run() throws {
      if let server = try queue.server(notice: { StandardError.write("assay: \($0)") }) {
        try server.stop(server.sweep(named: sweep.name))
        return try printEnd()
      }
      // Opening it for reading first refuses a file that is not there.
      let recorded = try Tracker(reading: database.resolvedPath).sweep(named: sweep.name)
      let tracker = try Tracker(
        writing: database.resolvedPath, environment: RunEnvironment(version: assayVersion),
        isCancelled: Interruption.shared.isCancelled, notice: { StandardError.write($0) })
      try tracker.stop(recorded)
      try SlurmSubmission.cancelJobs(
        of: recorded, database: database.resolvedPath,
        isCancelled: Interruption.shared.isCancelled)
      try printEnd()
    }

    private func printEnd() throws {
      let command =
        SweepCommand.shown("run", sweep.name, in: database) + queue.shellWords
      try StandardOutput.print("stopped \(sweep.name); resume it: \(command)".terminalText)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Lists the sweeps.", discussion: "Example: assay sweep list --format json")

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var queue: QueueOption

    func run() throws {
      if let server = try queue.server(notice: { StandardError.write("assay: \($0)") }) {
        return try StandardOutput.write(table(of: server.sweeps()))
      }
      try reading.printRows(
        """
        SELECT name, state, finished, budget, running, queued, failed, pruned, created
        FROM sweeps ORDER BY recorded
        """)
    }

    private func table(of sweeps: [Sweep]) -> String {
      reading.table(
        ["name", "state", "finished", "budget", "running", "queued", "failed", "pruned"],
        sweeps.map { sweep in
          let (counts, budget) = (sweep.counts, sweep.description.budget.trials)
          let numbers = [
            counts.finished, budget, counts.running, counts.queued, counts.failed, counts.pruned,
          ]
          return [.text(sweep.name), .text(sweep.state.rawValue)]
            + numbers.map { .integer(Int64($0)) }
        })
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows what a sweep searches, or one trial: attempts, values, runs.",
      discussion: """
        Example: assay sweep show learning-rate
        Example: assay sweep show learning-rate --trial 7
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var reading: ReadingOptions

    @Option(
      help: "The number of a trial.",
      completion: .custom { words, _, _ in Completions.trials(words) })
    var trial: Int?

    @Flag(help: "Also shows every setting that all trials share.")
    var full = false

    func run() throws {
      let tracker = try reading.openTracker()
      let recorded = try tracker.sweep(named: sweep.name)
      guard let trial else {
        guard full || reading.format != .text else {
          return try StandardOutput.write(SweepOutline(of: recorded).table.shown(as: .text))
        }
        let definition = recorded.description.definition
        let rows: [[SQLValue]] =
          [[.text("state"), .text(recorded.state.rawValue)]]
          + definition.leaves.map {
            [.text($0.path), .text($0.value.string ?? $0.value.canonical)]
          }
        try StandardOutput.write(reading.table(["setting", "value"], rows))
        return
      }
      _ = try tracker.parameters(ofTrial: trial, in: recorded)
      let sections = [
        (
          "Trial", "trials",
          """
          trial_state AS state, parameters, error, attempts, created, ended, duration_seconds,
          judged_number, proposed_after
          """
        ),
        ("Values", "trial_values", "objective, value, goal, objective_number"),
        ("Reports", "trial_reports", "step, value"),
        (
          "Attempts", "trial_attempts",
          "attempt, outcome, host, process_id, started, ended, duration_seconds"
        ),
        ("Runs", "trial_runs", "run, kind, state, computed"),
      ]
      let values: [String: SQLValue] = [
        "sweep": .text(sweep.name), "number": .integer(Int64(trial)),
      ]
      let tables = try sections.map { title, view, names in
        let sql = """
          SELECT sweep_name AS sweep, trial AS number, \(names)
          FROM \(view) WHERE sweep_name = :sweep AND trial = :number
          """
        let (columns, rows) = try tracker.read { try $0.query(sql, values) }
        return (title, reading.table(columns, rows, title: title))
      }
      if reading.format == .json {
        let members = tables.map { "\"\($0.0.lowercased())\": " + $0.1.dropLast() }
        try StandardOutput.print("{\n" + members.joined(separator: ",\n") + "\n}")
      } else {
        try StandardOutput.write(tables.map(\.1).joined(separator: "\n"))
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export",
      abstract: "Writes a sweep's trials with their parameters and values.",
      discussion: """
        CSV, TSV and tables have a column for each parameter and each objective; JSON has them as two \
        texts of JSON, parameters and objectives.

        Example: assay sweep export learning-rate --format csv > trials.csv
        """)

    @OptionGroup var sweep: SweepArgument
    @OptionGroup var reading: ReadingOptions

    func run() throws {
      let tracker = try reading.openTracker()
      let recorded = try tracker.sweep(named: sweep.name)
      guard reading.format == .json || reading.format == .jsonl else {
        let trials = try SweepTrials(of: recorded, in: tracker)
        return try StandardOutput.write(reading.table(trials.columns, trials.rows))
      }
      try reading.printRows(
        """
        SELECT
          number, state, parameters,
          (SELECT json_group_object(objective, value) FROM trial_values AS own
           WHERE own.sweep = trials.sweep AND own.number = trials.number) AS objectives,
          attempts, duration_seconds, created, ended, error
        FROM trials WHERE sweep = :sweep ORDER BY number
        """, ["sweep": .text(recorded.name)], of: tracker)
    }
  }
}

extension ReadingOptions {
  /// Prints what a statement over the public views gives.
  func printRows(
    _ sql: String, _ values: [String: SQLValue] = [:], of tracker: Tracker? = nil
  ) throws {
    let (columns, rows) = try (tracker ?? openTracker()).read { try $0.query(sql, values) }
    try StandardOutput.write(table(columns, rows))
  }

  /// Rows in the requested format.
  func table(_ columns: [String], _ rows: [[SQLValue]], title: String = "") -> String {
    let columns = columns.map { Table.Column($0, $0, .text) }
    return Table(title: title, columns: columns, rows: rows).shown(as: format)
  }
}
