import Foundation
import TestSupport
import Testing

/// Records that MLflow, Optuna, TensorBoard and Weights & Biases wrote, by Tests/Trackers/make.py.
@Suite(.startsPrograms) struct TrackerImportTests {
  private let assay: Assay

  init() throws { assay = try Assay(copyOf: .empty) }

  private static let fixtures = packageRoot.appending(path: "Tests/Fixtures/trackers").path

  /// How many runs an import says were new, continued, unchanged, differing and unreadable.
  private func imported(_ tool: String, _ source: String, _ options: String...) throws -> [Int] {
    let result = try assay.run(["import", tool, source, "--format", "csv", "--quiet"] + options)
    guard result.status == 0 else { throw CommandFailure(result.error) }
    let lines = result.output.split(whereSeparator: \.isNewline)
    return try #require(lines.last).split(separator: ",").prefix(5).compactMap { Int($0) }
  }

  /// A database that a fixture holds as SQL.
  private func database(_ fixture: String, as name: String) throws -> String {
    let sql = try String(contentsOfFile: "\(Self.fixtures)/\(fixture)", encoding: .utf8)
    _ = try assay.ask(sql, of: name)
    return name
  }

  private func rows(_ sql: String) throws -> [String] {
    try assay.ask(sql).split(separator: "\n").map(String.init)
  }

  @Test("MLflow's directory and its database give the same runs, each once")
  func mlflow() throws {
    let sources = [
      "\(Self.fixtures)/mlflow/mlruns", try database("mlflow/mlflow.sql", as: "mlflow.db"),
    ]
    for source in sources {
      #expect(try imported("mlflow", source) == [5, 0, 0, 0, 0])
      #expect(try imported("mlflow", source) == [0, 0, 5, 0, 0])
      #expect(
        try rows("SELECT name, state, group_name, coalesce(hidden, '') FROM runs ORDER BY name;")
          == [
            "child|finished|digits|", "deleted|finished|digits|deleted", "failing|failed|digits|",
            "parent|finished|digits|", "running|interrupted|digits|",
          ])
      #expect(
        try rows(
          """
          SELECT metric, points, last_step, coalesce(last_value, 'NaN') FROM run_metrics
          JOIN runs USING (run) WHERE name = 'parent' ORDER BY metric;
          """) == ["loss|5|4|0.125", "odd/number|2|1|Inf", "unstepped|3|2|1.0"])
      #expect(
        try rows(
          """
          SELECT parameters.name, typeof(value), value FROM parameters JOIN runs USING (run)
          WHERE runs.name = 'parent' ORDER BY 1;
          """) == [
            "flag|integer|1", "lr|real|0.01", "nested.depth|integer|3", "odd|text|<b>",
            "optimizer|text|adam",
          ])
      #expect(
        try rows(
          """
          SELECT tags, replace(note, char(10), '/'), git_commit FROM runs WHERE name = 'parent';
          """) == [#"["reviewed","team=vision","user=someone"]|a note/of two lines|c0ffee"#])
      #expect(
        try rows(
          """
          SELECT child.name, role, parent.name FROM lineages
          JOIN runs AS child USING (run) JOIN runs AS parent ON parent.run = lineages.parent;
          """) == ["child|parent|parent"])
      // The directory has the artifacts beside it; where the database says they are is nothing.
      let artifacts = try rows("SELECT name, size, media_type FROM artifacts;")
      #expect(artifacts == (source == "mlflow.db" ? [] : ["texts/hello.txt|5|text/plain"]))
      let info = try assay.run("db", "info")
      #expect(info.status == 0, "\(info.error)")
      try FileManager.default.removeItem(atPath: assay.directory.path("assay.db"))
    }
  }

  @Test("a run that went on in MLflow is gone on with, and a finished one stays as it was")
  func growing() throws {
    let source = try database("mlflow/mlflow.sql", as: "mlflow.db")
    #expect(try imported("mlflow", source) == [5, 0, 0, 0, 0])
    _ = try assay.ask(
      """
      INSERT INTO metrics SELECT 'loss', 0.05, timestamp + 1, run_uuid, 1, 0 FROM metrics
      WHERE run_uuid = (SELECT run_uuid FROM runs WHERE status = 'RUNNING');
      UPDATE runs SET status = 'FINISHED', end_time = start_time + 5000 WHERE status = 'RUNNING';
      INSERT INTO params SELECT 'late', '1', run_uuid FROM runs WHERE name = 'child';
      """, of: "mlflow.db")
    #expect(try imported("mlflow", source) == [0, 1, 3, 1, 0])
    #expect(
      try rows(
        """
        SELECT state, duration_seconds, count(*) FROM runs JOIN metrics USING (run)
        WHERE runs.name = 'running';
        """) == ["finished|5.0|2"])
    #expect(
      try rows("SELECT count(*) FROM parameters JOIN runs USING (run) WHERE runs.name = 'child';")
        == ["0"])
    let note = try assay.run("import", "mlflow", source)
    #expect(note.error.contains("a finished run never changes"))
    #expect(note.error.contains("there are no artifacts where MLflow says they are"))
  }

  @Test("a study of Optuna is a sweep that commands on sweeps know, from a database or a journal")
  func optuna() throws {
    let sources = [
      try database("optuna/study.sql", as: "study.db"), "\(Self.fixtures)/optuna/journal.log",
    ]
    for source in sources {
      #expect(try imported("optuna", source) == [8, 0, 0, 0, 0])
      #expect(try imported("optuna", source) == [0, 0, 8, 0, 0])
      #expect(
        try rows("SELECT name, state, finished, pruned, failed FROM sweeps ORDER BY name;") == [
          "square <b>|stopped|3|1|1", "two|finished|3|0|0",
        ])
      #expect(
        try rows("SELECT sweep, objective, goal FROM sweep_objectives ORDER BY 1, number;") == [
          "square <b>|value|minimise", "two|loss|minimise", "two|accuracy|maximise",
        ])
      #expect(
        try rows(
          """
          SELECT trial, trial_state, json_type(parameters, '$.optimizer'), count(trial_reports.step)
          FROM trials LEFT JOIN trial_reports USING (sweep_name, trial)
          WHERE sweep_name LIKE 'square%' GROUP BY trial;
          """) == [
            "0|finished|integer|3", "1|pruned|null|1", "2|failed|null|3", "3|finished|null|3",
            "4|finished|null|3",
          ])
      #expect(
        try rows("SELECT value FROM trial_values WHERE sweep LIKE 'square%' AND number = 3;")
          == ["Inf"])
      let status = try assay.succeed("sweep", "status", "two").output
      #expect(status.contains("finished"))
      #expect(
        try assay.succeed("sweep", "export", "two", "--format", "csv").output
          .split(whereSeparator: \.isNewline).count == 4)
      #expect(
        try rows(
          """
          SELECT DISTINCT kind, computed FROM trial_runs WHERE sweep = 'two';
          """) == ["external|1"])
      #expect(
        try assay.succeed("report", "sweep-history", "--sweep", "two", "-o", "h.svg").status == 0)
      let info = try assay.run("db", "info")
      #expect(info.status == 0, "\(info.error)")
      try FileManager.default.removeItem(atPath: assay.directory.path("assay.db"))
    }
  }

  @Test("a second study of a name gets a number, and a trial that ended later comes in then")
  func laterTrials() throws {
    let source = try database("optuna/study.sql", as: "study.db")
    _ = try imported("optuna", source)
    _ = try assay.ask(
      """
      UPDATE trials SET state = 'COMPLETE', datetime_complete = '2099-01-01 00:00:00.000000'
      WHERE state = 'RUNNING';
      INSERT INTO trial_values (trial_id, objective, value, value_type)
      SELECT trial_id, 0, 7.5, 'FINITE' FROM trials WHERE datetime_complete LIKE '2099%';
      DELETE FROM trials WHERE state = 'WAITING';
      """, of: "study.db")
    #expect(try imported("optuna", source) == [1, 0, 8, 0, 0])
    #expect(try rows("SELECT state, finished FROM sweeps WHERE name <> 'two';") == ["finished|4"])
    #expect(try imported("optuna", "\(Self.fixtures)/optuna/journal.log") == [8, 0, 0, 0, 0])
    #expect(
      try rows("SELECT name FROM sweeps ORDER BY name;") == [
        "square <b>", "square <b>-2", "two", "two-2",
      ])
  }

  @Test("TensorBoard's directories are runs, whose resumed steps replace the old ones")
  func tensorBoard() throws {
    let logs = assay.directory.url.appending(path: "logs")
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: "\(Self.fixtures)/tensorboard"), to: logs)
    let tree = try #require(FileManager.default.enumerator(atPath: logs.path))
    for case let name as String in tree where name.hasSuffix(".fixture") {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
        ofItemAtPath: logs.path + "/" + name)
    }
    #expect(try imported("tensorboard", "logs") == [3, 0, 0, 0, 0])
    // The same runs by another way to them.
    #expect(try imported("tensorboard", "logs/v2") == [0, 0, 1, 0, 0])
    #expect(
      try rows("SELECT name, state, duration_seconds FROM runs ORDER BY name;") == [
        "nested/resumed|finished|104.0", "tensorboardX|finished|4.0", "v2|finished|9.0",
      ])
    #expect(
      try rows(
        """
        SELECT step, round(value, 3) FROM metrics JOIN runs USING (run)
        WHERE runs.name = 'nested/resumed' ORDER BY step;
        """) == ["0|1.0", "1|1.1", "2|1.2", "3|2.3", "4|2.4"])
    #expect(
      try rows("SELECT name, value FROM parameters ORDER BY name;") == [
        "bias|1", "layers|3", "lr|0.01", "optimizer|adam",
      ])
  }

  @Test("event files that may still grow are gone on with")
  func growingEvents() throws {
    let source = "\(Self.fixtures)/tensorboard/v2/events.out.tfevents.1700000001.fixture"
    let whole = try Data(contentsOf: URL(fileURLWithPath: source))
    let file = assay.directory.url.appending(path: "events.out.tfevents.1")
    try whole.prefix(500).write(to: file)
    #expect(try imported("tensorboard", ".") == [1, 0, 0, 0, 0])
    let before = try rows("SELECT state, count(*) FROM runs JOIN metrics USING (run);")
    #expect(before.first?.hasPrefix("interrupted|") == true)
    try whole.write(to: file)
    #expect(try imported("tensorboard", ".") == [0, 1, 0, 0, 0])
    #expect(
      try rows("SELECT state, count(*) FROM runs JOIN metrics USING (run);") == ["finished|8"])
  }

  @Test("event files of which nothing can be read are no run; what is torn behind records is noted")
  func damagedEvents() throws {
    let source = "\(Self.fixtures)/tensorboard/v2/events.out.tfevents.1700000001.fixture"
    let whole = try Data(contentsOf: URL(fileURLWithPath: source))
    let zeros = Data(repeating: 0, count: 100)
    for (name, content) in [("good", whole + zeros), ("zeros", zeros)] {
      let folder = assay.directory.url.appending(path: "logs/\(name)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try content.write(to: folder.appending(path: "events.out.tfevents.1"))
    }
    let result = try assay.run("import", "tensorboard", "logs")
    #expect(result.status == 65)
    #expect(result.error.contains("zeros: it could not be read"), "\(result.error)")
    #expect(result.error.contains("1 of 2 runs could not be read"), "\(result.error)")
    #expect(result.error.contains("good: "), "\(result.error)")
    #expect(try rows("SELECT name FROM runs;") == ["good"])
  }

  @Test("logs of Weights & Biases give runs with configuration, history, summary and files")
  func weightsAndBiases() throws {
    let source = "\(Self.fixtures)/wandb"
    #expect(try imported("wandb-offline", source) == [2, 0, 0, 0, 0])
    #expect(try imported("wandb-offline", source) == [0, 0, 2, 0, 0])
    #expect(
      try rows("SELECT name, state, coalesce(error, ''), group_name FROM runs ORDER BY name;") == [
        "failing|failed|exit code 3|digits", "first|finished||digits",
      ])
    #expect(
      try rows("SELECT tags, note FROM runs WHERE name = 'first';")
        == [#"["baseline","group=seeds","job_type=train","x"]|a note"#])
    #expect(
      try rows(
        """
        SELECT metric, points, last_step, coalesce(last_value, 'NaN') FROM run_metrics
        JOIN runs USING (run) WHERE name = 'first' ORDER BY metric;
        """) == [
          "best|1|0|0.2", "infinity|1|10|Inf", "loss|5|4|0.2", "nan|1|10|NaN", "nested.a|5|4|4.0",
          "nested.b.c|5|4|-4.0",
        ])
    #expect(
      try rows(
        """
        SELECT parameters.name, value FROM parameters JOIN runs USING (run)
        WHERE runs.name = 'first' ORDER BY 1;
        """) == [
          "flag|1", "late|5", "lr|0.01", "model.name|lenet", "model.sizes.0|3", "model.sizes.1|5",
          "odd|<b>",
        ])
    #expect(try rows("SELECT name, size FROM artifacts;") == ["model.bin|7"])
  }

  @Test("what is not of the tool is refused in one line, and no database is made")
  func otherFiles() throws {
    let assay = try Assay()
    try assay.write("no records", to: "text")
    _ = try assay.ask("CREATE TABLE runs (run_uuid TEXT);", of: "other.db")
    _ = try assay.ask(
      "CREATE TABLE studies (study_id, study_name); CREATE TABLE study_directions (study_id);",
      of: "old.db")
    let refused: [(tool: String, source: String, status: Int32, words: String)] = [
      ("mlflow", "nowhere", 66, "there is no such file"),
      ("mlflow", "text", 65, "text is not of MLflow: it is no SQLite database"),
      ("mlflow", "other.db", 65, "it has no table 'experiments'"),
      ("mlflow", ".", 65, "it holds no experiments"),
      ("optuna", "other.db", 65, "it has no table 'studies'"),
      ("optuna", "old.db", 65, "no study_directions.direction"),
      ("tensorboard", ".", 65, "it holds no event files"),
      ("tensorboard", "nowhere", 66, "there is no such directory"),
      ("wandb-offline", ".", 65, "it holds no run-*.wandb"),
      ("wandb-offline", "text", 65, "could not be read"),
    ]
    for (tool, source, status, words) in refused {
      let result = try assay.run("import", tool, source)
      #expect(result.status == status, "\(tool) \(source): \(result.error)")
      #expect(result.error.contains(words), "\(tool) \(source): \(result.error)")
      guard words != "could not be read" else { continue }
      #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
    }
  }

  @Test("a damaged run is told of, and the others come in")
  func damaged() throws {
    let copy = assay.directory.url.appending(path: "mlruns")
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: "\(Self.fixtures)/mlflow/mlruns"), to: copy)
    let tree = try #require(FileManager.default.enumerator(atPath: copy.path))
    for case let name as String in tree where name.hasSuffix("metrics/unstepped") {
      try Data("17 no-number 0\n".utf8).write(to: copy.appending(path: name))
    }
    let result = try assay.run("import", "mlflow", "mlruns")
    #expect(result.status == 65)
    #expect(result.error.contains("line 1 is no time, value and step"))
    #expect(result.error.contains("1 of 5 runs could not be read"))
    #expect(
      try rows("SELECT name FROM runs ORDER BY name;") == [
        "child", "deleted", "failing", "running",
      ])
  }
}
