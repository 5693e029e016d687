import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing
import Tracker

@Suite struct SchemaTests {
  let fixture: TrackerFixture

  init() throws {
    fixture = try TrackerFixture()
  }

  /// Whether the database refuses a statement by a constraint or a trigger.
  func isRefused(_ sql: String) -> Bool {
    do {
      try fixture.execute(sql)
      return false
    } catch {
      return (error as? SQLiteError)?.kind == .constraint
    }
  }

  @Test("the sqlite3 shell makes the same schema of the migrations")
  func shell() throws {
    let folder = packageRoot.appending(path: "migrations")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }.sorted()
    let script = try files.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }.joined()
    let path = fixture.directory.path("shell.db")
    let made = try run("sqlite3", [path], input: script)
    #expect(made.status == 0)
    #expect(made.error.isEmpty)
    let schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    let ours = try fixture.tracker.read { try $0.query(schema).rows }
    let shells = try Connection(path: path, mode: .readOnly).query(schema).rows
    #expect(ours == shells)
    #expect(ours.count > 30)
  }

  @Test(
    "states change only as they may",
    arguments: RunState.allCases, RunState.allCases)
  func states(from: RunState, to: RunState) throws {
    let allowed: [RunState: Set<RunState>] = [
      .queued: [.running], .running: [.finished, .failed, .interrupted],
      .interrupted: [.running], .failed: [.running], .finished: [],
    ]
    func values(_ state: RunState) -> String {
      let token = state == .running ? "'t'" : "NULL"
      return "state = '\(state.rawValue)', token = \(token), "
        + "finished_ms = \(state == .finished ? "1" : "NULL")"
    }
    try fixture.execute(
      """
      INSERT INTO run (id, uuid, kind, state, configuration, created_ms)
      VALUES (1, '00000001-0000-4000-8000-000000000000', 'x', 'queued', '{}', 0)
      """)
    let path: [RunState: [RunState]] = [
      .queued: [], .running: [.running], .finished: [.running, .finished],
      .failed: [.running, .failed], .interrupted: [.running, .interrupted],
    ]
    for state in path[from] ?? [] { try fixture.execute("UPDATE run SET \(values(state))") }
    let isSame = from == to && from != .finished
    #expect(
      isRefused("UPDATE run SET \(values(to))")
        == !(isSame || (allowed[from] ?? []).contains(to)))
  }

  @Test(
    "what belongs to a finished run never changes",
    arguments: [
      "UPDATE run SET name = 'x'", "UPDATE run SET state = 'running', token = 't'",
      "INSERT INTO metric SELECT id, 'loss', 9, 1, 0 FROM run",
      "UPDATE metric SET value = 2", "INSERT INTO parameter SELECT id, 'new', 1 FROM run",
      "UPDATE parameter SET value = 2", "UPDATE artifact SET name = 'y'",
      "INSERT INTO artifact SELECT id, 'z', 1, 'x', 0 FROM run", "UPDATE blob SET size = size",
      "INSERT INTO lineage SELECT id, 'self', id FROM run",
    ])
  func finished(sql: String) throws {
    let run = try fixture.begin(fixture.description())
    try run.finish { writer in
      try writer.log("loss", step: 1, value: 1)
      try writer.putArtifact("weights", bytes: [1], mediaType: "x")
    }
    #expect(isRefused(sql))
  }

  @Test("a run whose results others used cannot be deleted, its own records go with it")
  func deletion() throws {
    let parent = try fixture.begin(fixture.description(1))
    try parent.finish { try $0.log("loss", step: 1, value: 1) }
    let finished = try fixture.tracker.run(uuid: parent.uuid)
    let child = try fixture.begin(fixture.description(2, parents: ["model": finished]))
    #expect(isRefused("DELETE FROM run WHERE uuid = '\(parent.uuid)'"))
    try fixture.execute("DELETE FROM run WHERE uuid = '\(child.uuid)'")
    try fixture.execute("DELETE FROM run WHERE uuid = '\(parent.uuid)'")
    let left = try fixture.tracker.read {
      try $0.query("SELECT * FROM metric UNION ALL SELECT 1, 1, 1, 1, 1 FROM execution").rows
    }
    #expect(left.isEmpty)
  }

  @Test(
    "trials start queued, change state only as they may, and keep their parameters",
    arguments: [
      ("UPDATE trial SET state = 'finished', ended_ms = 1, judged_number = 0", true),
      ("UPDATE trial SET parameters = '{\"x\":1}'", true),
      ("INSERT INTO trial_value VALUES (1, 0, 1, 0.5)", true),
      ("UPDATE trial SET state = 'running', token = 't'", false),
      ("UPDATE trial SET state = 'running'", true),
      (insertTrial(2, number: 0, state: "queued"), true),
      (insertTrial(2, number: 1, state: "running"), true),
      (insertTrial(2, number: 1, state: "queued"), false),
      ("UPDATE sweep SET definition = '[]'", true),
      ("UPDATE sweep SET budget = 9", false),
      ("UPDATE sweep_objective SET goal = 'minimise'", true),
    ])
  func trials(sql: String, isRefused: Bool) throws {
    try makeSweep()
    #expect(self.isRefused(sql) == isRefused)
  }

  @Test("a sweep knows how many trials it has in each state")
  func trialCounts() throws {
    try makeSweep()
    for sql in [
      Self.insertTrial(2, number: 1, state: "queued"),
      "UPDATE trial SET state = 'running', token = 't'",
      "UPDATE trial SET state = 'finished', token = NULL, ended_ms = 1, judged_number = 0 WHERE id = 1",
      "UPDATE trial SET state = 'failed', token = NULL, ended_ms = 1, error = 'x' WHERE id = 2",
    ] { try fixture.execute(sql) }
    let counts = "SELECT trials, finished, failed, pruned, running, queued FROM sweeps"
    func counted() throws -> [SQLValue] {
      try fixture.tracker.read { try $0.query(counts).rows[0] }
    }
    #expect(try counted() == [2, 1, 1, 0, 0, 0].map { .integer($0) })
    try fixture.execute(
      "UPDATE trial SET state = 'queued', ended_ms = NULL, error = NULL WHERE id = 2")
    #expect(try counted() == [2, 1, 0, 0, 0, 1].map { .integer($0) })
    #expect(isRefused("UPDATE trial SET ended_ms = 2 WHERE id = 1"))
  }

  private func makeSweep() throws {
    try fixture.execute(
      """
      INSERT INTO sweep (
        id, uuid, name, definition, seed, budget, trial_limit, attempt_limit, kept_pixels,
        kept_models, created_ms
      ) VALUES (1, '00000001-0000-4000-8000-000000000000', 's', '{}', 0, 5, 9, 3, 'all', 'all', 0)
      """)
    try fixture.execute("INSERT INTO sweep_objective VALUES (1, 0, 'accuracy', 'maximise')")
    try fixture.execute(Self.insertTrial(1, number: 0, state: "queued"))
  }

  private static func insertTrial(_ id: Int, number: Int, state: String) -> String {
    """
    INSERT INTO trial (id, sweep_id, number, state, parameters, proposed_after, token, created_ms)
    VALUES (\(id), 1, \(number), '\(state)', '{}', 0, \(state == "running" ? "'u'" : "NULL"), 0)
    """
  }

  @Test("the published numbers agree with each other")
  func published() throws {
    // Table 2's true positives over all declared clean are Table 3's "clean images labeled clean:
    // correct".
    let rows = try fixture.tracker.read {
      try $0.rows(
        """
        SELECT two.value / (two.value + wrong.value), three.value
        FROM published_results AS two
        JOIN published_results AS wrong USING (source, attack, table_number)
        JOIN published_results AS three USING (source, attack)
        WHERE two.quantity = 'clean_declared_clean'
          AND wrong.quantity = 'adversarial_declared_clean'
          AND three.quantity = 'clean_declared_clean_correct'
        """
      ) { (try $0.double(0), try $0.double(1)) }
    }
    #expect(rows.count == 6)
    #expect(rows.allSatisfy { abs($0.0 - $0.1) < 0.0025 })
  }

  @Test("results that an older version wrote are the same after migrating")
  func migratedResults() throws {
    let path = fixture.directory.path("five.db")
    let connection = try Connection(path: path, mode: .create)
    try Migrator.migrate(connection, Array(embeddedMigrations.prefix(5)))
    let digest = String(repeating: "0", count: 64)
    for id in 1...6 {
      try connection.execute(
        """
        INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
        VALUES (\(id), '0000000\(id)-0000-4000-8000-000000000000', 'x', 'running', '{}', 0, 't')
        """)
    }
    for sql in [
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
        optimizer, learning_rate, batch_size, epochs, training_images, test_images
      ) VALUES (1, 'mnist', '\(digest)', 'lenet', 9, 0.5, 'dense1', 'adam', 0.1, 1, 1, 1, 1)
      """,
      "INSERT INTO image_selection VALUES (2, 'mnist', '\(digest)', 'first')",
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
      VALUES (3, 1, 2, 'fgsm', '{"epsilon": 0.3}')
      """,
      "INSERT INTO measurement VALUES (4, 1, 2, NULL, NULL, 50, 24, 1)",
      "INSERT INTO measurement VALUES (5, 1, 2, 3, 4, 50, 24, 1)",
      """
      INSERT INTO threshold_result VALUES
        (6, 5, 'paper', 'exact', 'hybrid', 'margin', 'low', -9e999, 0.5, 3, 1, 2, 3, 4, 5, 6, 7)
      """,
    ] { try connection.execute(sql) }
    let results = "SELECT * FROM detection_results"
    let before = try connection.query(results)
    try Migrator.migrate(connection, embeddedMigrations)
    let after = try connection.query(results)
    #expect(before.rows.count == 1)
    #expect(Array(after.columns.prefix(before.columns.count)) == before.columns)
    #expect(after.rows.map { Array($0.prefix(before.columns.count)) } == before.rows)
  }

  @Test("models and selections survive the change of their tables, with all that refers to them")
  func migratedModels() throws {
    let path = fixture.directory.path("six.db")
    let connection = try Connection(path: path, mode: .create)
    try Migrator.migrate(connection, Array(embeddedMigrations.prefix(6)))
    let digest = String(repeating: "0", count: 64)
    for id in 1...4 {
      try connection.execute(
        """
        INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
        VALUES (\(id), '0000000\(id)-0000-4000-8000-000000000000', 'x', 'running', '{}', 0, 't')
        """)
    }
    for sql in [
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
        optimizer, learning_rate, batch_size, epochs, training_images, test_images, test_correct
      ) VALUES (1, 'mnist', '\(digest)', 'lenet', 9, 0.5, 'dense1', 'adam', 0.1, 1, 1, 1, 4, 3)
      """,
      "INSERT INTO image_selection VALUES (2, 'mnist', '\(digest)', 'first')",
      "INSERT INTO selected_image VALUES (2, 0, 'selection'), (2, 1, 'heldout')",
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
      VALUES (3, 1, 2, 'fgsm', '{}')
      """,
      "INSERT INTO measurement VALUES (4, 1, 2, NULL, NULL, 50, 24, 1)",
    ] { try connection.execute(sql) }
    let views = ["training_runs", "selected_images", "adversarial_sets", "measurements"]
    let before = try views.map { try connection.query("SELECT * FROM \($0)") }
    try Migrator.migrate(connection, embeddedMigrations)
    for (view, old) in zip(views, before) {
      let kept = old.columns.joined(separator: ", ")
      #expect(try connection.query("SELECT \(kept) FROM \(view)").rows == old.rows)
    }
    #expect(before.map(\.rows.count) == [1, 2, 1, 1])
    // Foreign keys are watched again, and a model is trained here or elsewhere, not half.
    for refused in [
      "DELETE FROM training_run", "UPDATE training_run SET epochs = NULL",
      "UPDATE image_selection SET method = 'given'",
      "INSERT INTO measurement VALUES (3, 9, 2, NULL, NULL, 50, 24, 1, 1)",
    ] { #expect(throws: SQLiteError.self) { try connection.execute(refused) } }
    try connection.execute(
      """
      INSERT INTO training_run (
        run_id, dataset, dataset_sha256, architecture, weight_count, dropout_rate, dropout_sites,
        test_images
      ) VALUES (2, 'mnist', '\(digest)', 'lenet', 9, 0.5, 'dense1', 4)
      """)
  }

  @Test("an older database is refused to readers and brought up to date by writers")
  func older() throws {
    let path = fixture.directory.path("old.db")
    let connection = try Connection(path: path, mode: .create)
    try Migrator.migrate(connection, Array(embeddedMigrations.prefix(1)))
    let error = try #require(throws: TrackerError.self) { _ = try Tracker(reading: path) }
    #expect(
      error == .olderSchema(path: path, version: 1, current: embeddedMigrations.count))
    let notices = Mutex<[String]>([])
    _ = try Tracker(
      writing: path, environment: RunEnvironment(version: "test"),
      notice: { notice in notices.withLock { $0.append(notice) } })
    #expect(notices.withLock { $0.count } == 1)
    _ = try Tracker(reading: path)
  }
}

@Suite struct JSONValueTests {
  @Test(
    "equal values have one text",
    arguments: [
      (#"{"b": 1, "a": [true, null, "x\ny"]}"#, #"{"a":[true,null,"x\ny"],"b":1}"#),
      ("1.0", "1"), ("0.1", "0.1"), ("1e-7", "1e-07"), ("9007199254740993", "9007199254740993"),
      (#""\u00e9\u0001""#, "\"é\\u0001\""),
    ])
  func canonical(text: String, expected: String) throws {
    let value = try JSONValue(parsing: text)
    #expect(value.canonical == expected)
    #expect(try JSONValue(parsing: value.canonical) == value || text == "1.0")
  }

  @Test("leaves are found by their path")
  func leaves() throws {
    let value = try JSONValue(parsing: #"{"a": {"c": [1, "x"]}, "b": null}"#)
    #expect(value.leaves.map(\.path) == ["a.c.0", "a.c.1", "b"])
    #expect(value["a"]?["c"] == .array([.integer(1), .string("x")]))
    #expect(value["b"]?["c"] == nil)
  }
}
