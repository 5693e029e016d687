import Foundation
import TestSupport
import Testing

/// Merging files of records into one, by the built command.
@Suite(.startsPrograms) struct MergeCommandTests {
  /// What SQL a test changes a copy by; the triggers that keep finished rows as they are go first.
  private func alter(_ file: String, _ sql: String, in assay: Assay) throws {
    let triggers = try assay.ask(
      "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger';", of: file)
    _ = try assay.ask(
      "\(triggers)\nPRAGMA foreign_keys = ON;\n\(sql)\nPRAGMA wal_checkpoint(TRUNCATE);", of: file)
  }

  private func copy(_ file: String, to other: String, in assay: Assay) throws {
    try FileManager.default.copyItem(
      atPath: assay.directory.path(file), toPath: assay.directory.path(other))
  }

  /// Leaves a copy the studies of some seeds alone, with what they are made of.
  private func keep(seeds: [Int], of original: String, as file: String, in assay: Assay) throws {
    try copy(original, to: file, in: assay)
    let list = seeds.map(String.init).joined(separator: ", ")
    let removal = """
      DELETE FROM run WHERE id NOT IN (
        WITH RECURSIVE used (id) AS (
          SELECT id FROM run WHERE kind = 'reproduce' AND seed IN (\(list))
          UNION SELECT parent_run_id FROM lineage JOIN used ON lineage.run_id = used.id)
        SELECT id FROM used)
      AND id NOT IN (SELECT parent_run_id FROM lineage)
      AND id NOT IN (SELECT clean_measurement_id FROM measurement WHERE clean_measurement_id > 0);

      """
    // Those that nothing refers to go first.
    try alter(
      file,
      String(repeating: removal, count: 8)
        + "DELETE FROM blob WHERE id NOT IN (SELECT blob_id FROM artifact);", in: assay)
  }

  /// Everything in a file but which file it is, and when it was merged.
  private func content(_ file: String, in assay: Assay) throws -> [String] {
    try ReleasedDatabase.dump(assay.directory.path(file)).split(separator: "\n")
      .filter { !$0.hasPrefix("INSERT INTO database_identity") }
      .map { line in
        line.hasPrefix("INSERT INTO merged_file")
          ? String(line.replacing(/,\d+\);$/, with: ");")) : String(line)
      }
  }

  @Test("studies split over two files and merged answer each query and report as before")
  func answers() throws {
    let assay = try Assay(copyOf: .threeSeeds)
    try keep(seeds: [0, 1], of: "assay.db", as: "a.db", in: assay)
    try keep(seeds: [1, 2], of: "assay.db", as: "b.db", in: assay)
    let sources = try [assay.data("a.db"), assay.data("b.db")]
    let merged = try assay.succeed("db", "merge", "all.db", "b.db", "a.db", "--format", "csv")
    let files = merged.output.split(whereSeparator: \.isNewline)
      .map { $0.prefix { $0 != "," } }
    #expect(files == ["file", "a.db", "b.db"])
    #expect(merged.error == "merging 1 of 2: a.db\nmerging 2 of 2: b.db\n")
    #expect(try [assay.data("a.db"), assay.data("b.db")] == sources)

    let queries = packageRoot.appending(path: "queries").path
    for name in try FileManager.default.contentsOfDirectory(atPath: queries).sorted()
    where name.hasSuffix(".sql") && name != "storage.sql" {
      let ask = ".read \(queries)/\(name)\n"
      #expect(try assay.ask(ask, of: "all.db") == assay.ask(ask), "\(name)")
    }
    let united = try assay.succeed("query", "table1", "--db", "a.db", "--also", "b.db")
    #expect(try united.output == assay.succeed("query", "table1").output)
    let before = try assay.succeed("report")
    try FileManager.default.moveItem(
      atPath: assay.directory.path("assay.db"), toPath: assay.directory.path("original.db"))
    try FileManager.default.moveItem(
      atPath: assay.directory.path("all.db"), toPath: assay.directory.path("assay.db"))
    #expect(try assay.succeed("report").output == before.output)
    #expect(try assay.run("db", "info").status == 0)

    let once = try ReleasedDatabase.dump(assay.directory.path("assay.db"))
    let again = try assay.succeed("db", "merge", "assay.db", "a.db", "b.db", "assay.db", "./a.db")
    #expect(try ReleasedDatabase.dump(assay.directory.path("assay.db")) == once)
    #expect(again.error.contains("assay.db is the file that takes the records: passed over"))
    let origins = try assay.ask(
      "SELECT merged_path, count(*) FROM merged_runs GROUP BY 1 ORDER BY 1;")
    #expect(origins.split(separator: "\n").count == 2)
  }

  /// How many merges are killed.
  private static let kills =
    ProcessInfo.processInfo.environment["ASSAY_TORTURE_TRIALS"] == nil ? 4 : 50

  @Test("killed at any time, the same command ends as if nothing was")
  func kills() throws {
    var random = SeededGenerator.ofTests("killed merges")
    let assay = try Assay(copyOf: .threeSeeds)
    let files = ["0.db", "1.db", "2.db", "01.db", "12.db"]
    for file in files {
      let seeds = file.compactMap(\.wholeNumberValue)
      try keep(seeds: seeds, of: "assay.db", as: file, in: assay)
    }
    let words = ["db", "merge", "all.db", "1.db", "2.db", "01.db", "12.db"]
    try copy("0.db", to: "undisturbed.db", in: assay)
    let undisturbed = try assay.run(words.map { $0 == "all.db" ? "undisturbed.db" : $0 })
    try #require(undisturbed.status == 0, "\(undisturbed.error)")
    let expected = try content("undisturbed.db", in: assay)
    for _ in 0..<Self.kills {
      try copy("0.db", to: "all.db", in: assay)
      let program = try TestSupport.start(
        Assay.executable ?? "assay", words, in: assay.directory.url)
      let place = Int.random(in: 0...4, using: &random)
      try waitUntil("file \(place)") {
        try !program.isRunning || place == 0
          || program.errorSoFar().contains("merging \(place) of")
      }
      _ = try Assay.kill(program, using: &random)
      let result = try assay.run(words)
      #expect(result.status == 0, "\(result.error)")
      #expect(try content("all.db", in: assay) == expected)
      for name in try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("."))
      where name.hasPrefix("all.db") {
        try FileManager.default.removeItem(atPath: assay.directory.path(name))
      }
    }
  }

  @Test("equal keys with unequal results are listed and nothing is written")
  func conflicts() throws {
    let assay = try Assay(copyOf: .attacked)
    try copy("assay.db", to: "other.db", in: assay)
    try alter(
      "other.db",
      "UPDATE metric SET value = value / 2 WHERE step = 1; DELETE FROM row_digest;", in: assay)
    let among = try assay.run("db", "merge", "all.db", "assay.db", "other.db", "--format", "csv")
    #expect(among.status == 65)
    #expect(among.error.hasSuffix("; nothing was written\n"))
    #expect(among.output.contains("other.db,assay.db,run "))
    #expect(among.output.contains("(train),not the same metric"))
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("all.db")))

    let before = try ReleasedDatabase.dump(assay.directory.path("assay.db"))
    #expect(try assay.run("db", "merge", "assay.db", "other.db").status == 65)
    #expect(try ReleasedDatabase.dump(assay.directory.path("assay.db")) == before)
  }

  @Test("another run of the same key with the same results is one run with it")
  func sameKey() throws {
    let assay = try Assay(copyOf: .attacked)
    try copy("assay.db", to: "other.db", in: assay)
    let name = "11111111-2222-3333-4444-555555555555"
    try alter(
      "other.db",
      """
      UPDATE run SET uuid = '\(name)' WHERE kind = 'train';
      UPDATE execution SET token = token || 'x';
      DELETE FROM row_digest;
      """, in: assay)
    try assay.succeed("db", "merge", "all.db", "assay.db", "other.db")
    #expect(
      try assay.ask("SELECT count(*) FROM runs;", of: "all.db")
        == assay.ask("SELECT count(*) FROM runs;"))
    #expect(
      try assay.ask(
        "SELECT run FROM merged_runs WHERE merged_run = '\(name)';", of: "all.db")
        == assay.ask("SELECT run FROM runs WHERE kind = 'train';"))
  }

  @Test("of a run that two files have, the one that got further counts, in either order")
  func further() throws {
    let assay = try Assay()
    _ = try assay.run("run", "--name", "mine", "--", "false")
    let run = try assay.onlyRun("program")
    try copy("assay.db", to: "running.db", in: assay)
    try alter("running.db", "UPDATE run SET state = 'running', token = 't';", in: assay)
    try copy("running.db", to: "finished.db", in: assay)
    try alter(
      "finished.db",
      """
      INSERT INTO metric VALUES (1, 'loss', 1, 0.5, 0);
      UPDATE run SET state = 'finished', token = NULL, error = NULL, finished_ms = 9;
      """, in: assay)
    let states = "SELECT run, state FROM runs; SELECT value FROM metrics;"
    try assay.succeed("db", "merge", "all.db", "running.db")
    #expect(try assay.ask(states, of: "all.db") == "\(run)|interrupted\n")
    // A note of one's own stays.
    try assay.succeed("runs", "note", run, "seen", "--db", "all.db")
    try assay.succeed("db", "merge", "all.db", "finished.db")
    #expect(try assay.ask(states, of: "all.db") == "\(run)|finished\n0.5\n")
    #expect(try assay.ask("SELECT text FROM run_note;", of: "all.db") == "seen\n")
    let once = try ReleasedDatabase.dump(assay.directory.path("all.db"))
    try assay.succeed("db", "merge", "all.db", "running.db", "finished.db")
    #expect(try ReleasedDatabase.dump(assay.directory.path("all.db")) == once)
  }

  @Test("the trials of a sweep from two workers' files make the sweep")
  func trials() throws {
    let assay = try Assay(copyOf: .studyAndSweep)
    for (file, other) in [("first.db", 1), ("second.db", 0)] {
      try copy("assay.db", to: file, in: assay)
      try alter(
        file,
        """
        DELETE FROM trial WHERE number = \(other);
        UPDATE sweep SET created_trials = 1, finished_trials = 1;
        """, in: assay)
    }
    try assay.succeed("db", "merge", "all.db", "first.db", "second.db")
    for query in ["sweep_trials", "sweep_best", "sweep_history"] {
      #expect(
        try assay.succeed("query", query, "--db", "all.db", "--format", "csv").output
          == assay.succeed("query", query, "--format", "csv").output, "\(query)")
    }
    #expect(
      try assay.ask("SELECT created_trials, finished_trials FROM sweep;", of: "all.db") == "2|2\n")
    #expect(try assay.run("db", "info", "--db", "all.db").status == 0)

    // Run apart by mistake: under a UUID of its own, or with another trial of the same number.
    for change in [
      "UPDATE sweep SET uuid = '11111111-2222-3333-4444-555555555555'; DELETE FROM trial_digest;",
      "UPDATE trial_value SET value = value / 2; DELETE FROM trial_digest;",
      "UPDATE trial SET parameters = '{}'; DELETE FROM trial_digest;",
    ] {
      try copy("second.db", to: "apart.db", in: assay)
      try alter("apart.db", change, in: assay)
      let before = try ReleasedDatabase.dump(assay.directory.path("all.db"))
      let refused = try assay.run("db", "merge", "all.db", "apart.db", "--format", "csv")
      #expect(refused.status == 65, "\(change): \(refused.error)")
      #expect(refused.output.contains("sweep"), "\(refused.output)")
      #expect(try ReleasedDatabase.dump(assay.directory.path("all.db")) == before)
      try FileManager.default.removeItem(atPath: assay.directory.path("apart.db"))
    }
  }

  @Test("files of older versions are merged as they would be after migrating", arguments: [6, 14])
  func older(version: Int) throws {
    let assay = try Assay()
    try ReleasedDatabase.make(version: version, at: assay.directory.path("old.db"))
    // The digests of these rows were made up.
    if version >= 10 {
      _ = try assay.ask("DELETE FROM row_digest; DELETE FROM trial_digest;", of: "old.db")
    }
    let bytes = try assay.data("old.db")
    try copy("old.db", to: "migrated.db", in: assay)
    try ReleasedDatabase.applySteps(to: assay.directory.path("migrated.db"))
    let merged = try assay.run("db", "merge", "all.db", "old.db")
    try #require(merged.status == 0, "\(merged.error)")
    #expect(try assay.data("old.db") == bytes)
    for view in ["runs", "parameters", "run_metrics", "adversarial_images", "trials"] {
      let ask = "SELECT count(*) FROM \(view);"
      #expect(try assay.ask(ask, of: "all.db") == assay.ask(ask, of: "migrated.db"), "\(view)")
    }
    #expect(try assay.ask("PRAGMA foreign_key_check;", of: "all.db") == "")
    #expect(
      try assay.ask("SELECT DISTINCT merged_schema_version FROM merged_runs;", of: "all.db")
        == "\(version)\n")
  }

  @Test("a file with a log of changes is read with them, and neither changes")
  func logged() throws {
    let assay = try Assay(copyOf: .training)
    // The shell that writes is still there while the command reads.
    let command = "\(Assay.executable ?? "assay") db merge all.db assay.db --quiet"
    let log = "sha256sum assay.db assay.db-wal"
    let result = try TestSupport.run(
      "sqlite3", ["assay.db"], in: assay.directory.url,
      input: """
        PRAGMA wal_autocheckpoint = 0;
        INSERT INTO run_tag SELECT id, 'logged' FROM run;
        .shell \(log) > before.txt
        .shell \(command)
        .shell \(log) > after.txt
        .shell cp assay.db apart.db; cp assay.db-wal apart.db-wal

        """)
    try #require(result.status == 0 && result.error.isEmpty, "\(result.error)")
    #expect(try assay.text("before.txt") == assay.text("after.txt"))
    let tags = "SELECT count(*) FROM run_tags;"
    let runs = try assay.ask("SELECT count(*) FROM runs;")
    #expect(try assay.ask(tags, of: "all.db") == runs)
    // A copied file and its log, without the index of the log.
    try assay.succeed("db", "merge", "apart-all.db", "apart.db")
    #expect(try assay.ask(tags, of: "apart-all.db") == runs)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("apart.db-shm")))
  }

  @Test("what is no sound file of Assay's is refused before anything is written")
  func unusable() throws {
    let assay = try Assay(copyOf: .training)
    try assay.write("no database", to: "text.db")
    _ = try assay.ask("CREATE TABLE mine (id);", of: "foreign.db")
    try copy("assay.db", to: "damaged.db", in: assay)
    try alter("damaged.db", "UPDATE metric SET value = value / 2 WHERE step = 1;", in: assay)
    for (file, status) in [
      ("missing.db", Int32(66)), ("text.db", 65), ("foreign.db", 65), ("damaged.db", 65),
    ] {
      let refused = try assay.run("db", "merge", "all.db", "assay.db", file)
      #expect(refused.status == status, "\(file): \(refused.error)")
      #expect(refused.error.contains(file), "\(refused.error)")
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("all.db")), "\(file)")
    }
    #expect(try assay.run("db", "merge", "all.db").status == 64)
  }
}
