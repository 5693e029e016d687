/// What becomes of a table's rows when another file is merged into this one.
///
/// A table that a migration adds needs one entry in ``all``; its columns, and which of them refer to
/// rows of other tables, are read off the schema.
struct MergedTable: Sendable {
  /// The kinds of tables.
  enum Part: Sendable {
    /// Says something of the file itself: stays there.
    case own
    /// Comes with the schema, and is the same in every file.
    case constant
    /// Has its rows' numbers from the file, by which others refer to them; they are found again by
    /// names that no other file gives to something else.
    case named(Named)
    /// Has rows under a name that are the same in every file, without a number.
    case catalogue(key: [String], constant: [String])
    /// Belongs to rows of a named table.
    case owned(by: String, through: String, Belonging)
    /// Is taken anew of what was merged.
    case derived
  }

  /// How rows are found again, and which of two counts.
  struct Named: Sendable {
    /// Ways to find a row in the other file; the first that finds one counts.
    var matches: [Match]
    /// Columns that are the same in both files, or the row is another thing.
    var constant: [String] = []
    /// Unique columns that are given anew.
    var renumbered: [String] = []
    /// What messages call a row of a file, with `{row}` for it and `{schema}` for the file.
    var title: String
    /// Whether a row is complete and never changes; every row, unless a condition says so.
    var isComplete = "TRUE"
    /// Of two incomplete rows, what is larger in the one that got further.
    var progress: [String] = []
    /// Whether somebody works on an incomplete row of the target.
    var isHeld = "FALSE"
    /// Whether only rows are taken that something refers to.
    var isContent = false
  }

  /// A way to find a row in the other file.
  enum Match: Sendable {
    /// By columns of the table.
    case columns([String])
    /// By columns of another table, whose column refers to the row.
    case reference(from: String, column: String, by: [String])
  }

  /// What a row is to the one that it belongs to.
  enum Belonging: Sendable {
    /// A result: the same in both files, but for some columns. Rows that another table says were
    /// dropped may be missing.
    case result(except: Set<String> = [], droppedIn: String? = nil)
    /// How it came about, as recorded by whoever did it, with expressions for columns that say that
    /// somebody works on it.
    case circumstance([String: String] = [:])
    /// What is added later, also to finished runs: unless it is there already.
    case amendment(toKnown: Bool)
    /// The same, counted by a column; rows with these values are the same.
    case numberedAmendment(by: [String])
  }

  let name: String
  let part: Part

  private init(_ name: String, _ part: Part) {
    (self.name, self.part) = (name, part)
  }

  private static func ofRun(
    _ name: String, _ belonging: Belonging = .result(), through column: String = "run_id"
  ) -> MergedTable {
    MergedTable(name, .owned(by: "run", through: column, belonging))
  }

  private static func ofTrial(_ name: String, _ belonging: Belonging = .result()) -> MergedTable {
    MergedTable(name, .owned(by: "trial", through: "trial_id", belonging))
  }

  /// An execution or attempt whose process does not work on the merged copy.
  private static let lostOutcome = "iif({row}.outcome = 'running', 'lost', {row}.outcome)"

  /// Every table; a named one follows those that its matches refer to.
  static let all: [MergedTable] =
    [
      MergedTable("database_identity", .own),
      MergedTable("published_result", .constant),
      MergedTable("published_value", .constant),
    ] + named + ofRuns + ofSweeps

  private static let named: [MergedTable] = [
    MergedTable(
      "blob",
      .named(
        Named(matches: [.columns(["sha256"])], title: "{row}.sha256", isContent: true))),
    MergedTable(
      "run",
      .named(
        Named(
          matches: [
            .columns(["uuid"]), .columns(["key"]),
            .reference(from: "imported_run", column: "run_id", by: ["tool", "source_id"]),
          ],
          constant: ["kind", "key", "configuration", "seed"],
          title: "substr({row}.uuid, 1, 8) || ' (' || {row}.kind || ')'",
          isComplete: "{row}.state = 'finished'",
          progress: [
            "{row}.progress_done",
            "(SELECT count(*) FROM {schema}.execution WHERE run_id = {row}.id)",
            """
            coalesce((SELECT max(heartbeat_ms) FROM {schema}.execution WHERE run_id = {row}.id), 0)
            """,
          ],
          isHeld: "{row}.state = 'running'"))),
    MergedTable(
      "sweep",
      .named(
        Named(
          matches: [.columns(["uuid"])], constant: ["name", "definition", "seed"],
          title: "'''' || {row}.name || ''''"))),
    MergedTable(
      "trial",
      .named(
        Named(
          matches: [.columns(["sweep_id", "number"])], constant: ["parameters"],
          renumbered: ["judged_number"],
          title: """
            {row}.number || ' of the sweep ''' \
            || (SELECT name FROM {schema}.sweep WHERE id = {row}.sweep_id) || ''''
            """,
          isComplete: "{row}.state IN ('finished', 'pruned')",
          progress: [
            "{row}.state = 'failed'",
            "(SELECT count(*) FROM {schema}.trial_attempt WHERE trial_id = {row}.id)",
          ],
          isHeld: "{row}.state = 'running'"))),
    MergedTable(
      "measure",
      .named(
        Named(
          matches: [.columns(["name"])], constant: ["orientation", "kind"],
          title: "'''' || {row}.name || ''''"))),
    MergedTable(
      "voter",
      .named(
        Named(
          matches: [.columns(["name"])], constant: ["kind"], title: "'''' || {row}.name || ''''"))),
    MergedTable(
      "voter_set",
      .named(Named(matches: [.columns(["name"])], title: "'''' || {row}.name || ''''"))),
    MergedTable("voter_set_member", .owned(by: "voter_set", through: "voter_set_id", .result())),
    MergedTable(
      "attack",
      .catalogue(
        key: ["name"], constant: ["norm", "budget", "goal", "knowledge", "is_iterative"])),
    MergedTable(
      "experiment",
      .named(
        Named(
          matches: [.columns(["number"]), .columns(["name"])], title: "'''' || {row}.name || ''''"))
    ),
    MergedTable(
      "experiment_tag",
      .owned(by: "experiment", through: "experiment_id", .amendment(toKnown: true))),
    MergedTable(
      "merged_file",
      .named(Named(matches: [.columns(["uuid", "path"])], title: "{row}.path"))),
  ]

  private static let ofRuns: [MergedTable] = [
    ofRun(
      "execution",
      .circumstance([
        "outcome": lostOutcome, "ended_ms": "coalesce({row}.ended_ms, {row}.heartbeat_ms)",
      ])),
    // Its directory is beside the other file, whose processes record what is in it.
    ofRun("program_execution", .circumstance(["is_recorded": "1"])),
    ofRun("checkpoint", .circumstance()),
    ofRun("read_cursor", .circumstance()),
    ofRun("dropped_artifact", .circumstance()),
    ofRun("dropped_pixels", .circumstance(), through: "adversarial_set_id"),
    ofRun("imported_run", .result(except: ["imported_ms"])),
    ofRun("lineage"),
    ofRun("parameter"),
    ofRun("metric", .result(except: ["recorded_ms"])),
    ofRun("earlier_metric"),
    ofRun("artifact", .result(except: ["created_ms"], droppedIn: "dropped_artifact")),
    ofRun("training_run"),
    ofRun("served_model", .result(except: ["command", "directory"])),
    ofRun("image_selection"),
    ofRun("selected_image", through: "selection_id"),
    ofRun("adversarial_set"),
    ofRun("adversarial_image", through: "adversarial_set_id"),
    ofRun(
      "adversarial_pixels", .result(droppedIn: "dropped_pixels"), through: "adversarial_set_id"),
    ofRun("adversarial_detail", through: "adversarial_set_id"),
    ofRun("attack_step", through: "adversarial_set_id"),
    ofRun("noisy_set"),
    ofRun("measurement"),
    ofRun("image_uncertainty", through: "measurement_id"),
    ofRun("score_run"),
    ofRun("score_setting"),
    ofRun("image_score"),
    ofRun("image_vote"),
    ofRun("scored_measure", .circumstance()),
    ofRun("recorded_voter", .circumstance()),
    ofRun("threshold_result"),
    ofRun("measure_result"),
    ofRun("detector"),
    ofRun("detector_input"),
    ofRun("detector_mix"),
    ofRun("verdict"),
    ofRun("adversarial_verdict", through: "verdict_id"),
    ofRun("evaluation"),
    ofRun("evaluation_part", through: "evaluation_id"),
    ofRun("run_tag", .amendment(toKnown: true)),
    ofRun("run_attribute", .amendment(toKnown: true)),
    ofRun("run_label", .amendment(toKnown: true)),
    ofRun("run_note", .numberedAmendment(by: ["text", "recorded_ms"])),
    ofRun("hidden_run", .amendment(toKnown: false)),
    ofRun("asked_run", .amendment(toKnown: true)),
    ofRun("merged_run", .amendment(toKnown: true)),
    MergedTable("row_digest", .derived),
  ]

  private static let ofSweeps: [MergedTable] = [
    MergedTable("sweep_objective", .owned(by: "sweep", through: "sweep_id", .result())),
    ofTrial("trial_value"),
    ofTrial("trial_report"),
    ofTrial("trial_run", .circumstance()),
    ofTrial(
      "trial_attempt",
      .circumstance([
        "outcome": lostOutcome,
        "ended_ms": "coalesce({row}.ended_ms, max({row}.started_ms, {row}.expires_ms))",
      ])),
    ofTrial("merged_trial", .amendment(toKnown: true)),
    MergedTable("trial_digest", .derived),
  ]
}
