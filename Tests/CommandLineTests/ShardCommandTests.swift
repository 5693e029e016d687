import Foundation
import TestSupport
import Testing

/// Sweeps of which each task does a part in a file of its own, here over scripts of the shell.
@Suite(.startsPrograms) struct ShardCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  /// What has to be the same however a sweep was done.
  static let results = """
    \(SweepCommandTests.trials)
    SELECT trial, name, step, value FROM metrics JOIN trial_runs USING (run) ORDER BY 1, 2, 3;
    SELECT trial, kind, state FROM trial_runs ORDER BY 1, 2;
    SELECT count(*) FROM runs;
    """

  /// The results of a sweep that one file has.
  private func onlyFile(_ trials: Int) throws -> String {
    try CommandSweepTests().write(CommandSweepTests.sweep(trials: trials), in: assay)
    try assay.succeed("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet", "--db", "one.db")
    for trial in 0..<trials { try assay.write("", to: "logs/\(trial)") }
    return try assay.ask(Self.results, of: "one.db")
  }

  private func shard(_ number: String, _ more: String...) -> [String] {
    ["sweep", "run", "sweep.yaml", "--shard", number, "--quiet"] + more
  }

  /// Whether every epoch of every trial is in its log once.
  private func expectEpochsOnce(trials: Int) throws {
    for trial in 0..<trials {
      let epochs = try assay.text("logs/\(trial)").split(separator: "\n")
      #expect(epochs == Set(epochs).sorted(), "trial \(trial)")
    }
  }

  @Test("merged shards are the sweep of one file; one that is lost is done by the merged file")
  func merging() throws {
    let expected = try onlyFile(7)
    for number in ["3/3", "1/3", "2/3"] {
      let result = try assay.run(shard(number))
      #expect(result.status == 0, "\(result.error)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("shards"))
    #expect(
      files.filter { !$0.hasSuffix(".json") }.sorted() == (1...3).map { "sweep-\($0)-of-3.db" })
    let names = (1...3).map { "shards/sweep-\($0)-of-3.db" }
    try assay.succeed("db", "merge", "all.db", names[0], names[1], names[2])
    #expect(try assay.ask(Self.results, of: "all.db") == expected)
    // Nothing is left to do, and only then is the sweep finished.
    #expect(try assay.ask("SELECT state FROM sweeps;", of: "all.db") == "open\n")
    try assay.succeed("sweep", "run", "sweep", "--db", "all.db", "--quiet")
    #expect(try assay.ask("SELECT state FROM sweeps;", of: "all.db") == "finished\n")
    #expect(try assay.ask(Self.results, of: "all.db") == expected)

    try assay.succeed("db", "merge", "some.db", names[2], names[0])
    try assay.succeed("sweep", "run", "sweep", "--db", "some.db", "--quiet")
    #expect(try assay.ask(Self.results, of: "some.db") == expected)

    let before = try assay.data(names[1])
    let again = try assay.run(shard("2/3"))
    #expect(again.status == 0 && again.output.contains("shard 2/3 is finished"), "\(again)")
    #expect(try assay.data(names[1]) == before)
    // The same sweep begun apart, without shards, is another one.
    let apart = try assay.run("db", "merge", "one.db", names[0])
    #expect(apart.status == 65 && apart.output.contains("sweep 'sweep'"), "\(apart)")
  }

  @Test("a shard gives way to a signal of the scheduler, and the same command goes on")
  func givingWay() throws {
    let expected = try onlyFile(4)
    let running = try assay.start(
      "sweep", "run", "sweep.yaml", "--shard", "1/1", "--quiet", "--scratch", ".")
    try waitUntil("an epoch of the second trial", of: running) {
      try !assay.text("logs/1").isEmpty
    }
    running.send(SIGUSR1)
    let result = try running.wait()
    #expect(result.status == 75)
    #expect(result.error.contains("shard 1/1 gives way"), "\(result.error)")
    let states = "SELECT count(*) FROM trials WHERE state = 'running';"
    #expect(try assay.ask(states, of: "shards/sweep-1-of-1.part") == "0\n")
    let own = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("."))
    #expect(!own.contains { $0.hasPrefix("assay-sweep-") })
    let again = try assay.run(shard("1/1"))
    #expect(again.status == 0, "\(again.error)")
    #expect(try assay.ask(Self.results, of: "shards/sweep-1-of-1.db") == expected)
    try expectEpochsOnce(trials: 4)
  }

  @Test("a shard that is killed with its host costs what was not copied")
  func kill() throws {
    let expected = try onlyFile(20)
    let running = try assay.start(
      "sweep", "run", "sweep.yaml", "--shard", "1/1", "--quiet", "--copy-every", "0.1",
      "--scratch", ".")
    let copy = "shards/sweep-1-of-1.part"
    func finished() throws -> Int {
      guard FileManager.default.fileExists(atPath: assay.directory.path(copy)) else { return 0 }
      let answer = try assay.ask("SELECT count(*) FROM trials WHERE state = 'finished';", of: copy)
      return Int(answer.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
    try waitUntil("two trials in the copy", of: running) { try finished() >= 2 }
    // Its workers see that it is gone, and end.
    running.send(SIGKILL)
    _ = try running.wait()
    let kept = try finished()
    let done = try (0..<kept).map { try assay.text("logs/\($0)") }
    let again = try assay.run(shard("1/1"))
    #expect(again.status == 0, "\(again.error)")
    #expect(try assay.ask(Self.results, of: "shards/sweep-1-of-1.db") == expected)
    #expect(try (0..<kept).map { try assay.text("logs/\($0)") } == done)
  }

  @Test("a host that dies between the copies of checkpoints and of the database loses no metric")
  func killBetweenCopies() throws {
    let script = """
      epochs=$ASSAY_CHECKPOINTS/epochs
      done=$(cat "$epochs" 2> /dev/null | wc -l)
      while [ "$done" -lt 8 ]; do
        while [ "$done" = 4 ] && ! [ -e go ]; do sleep 0.01; done
        echo "{\\"metrics\\": {\\"loss\\": $done}, \\"step\\": $done}" >> "$ASSAY_EVENTS"
        echo "$done" >> "$epochs"
        done=$((done + 1))
      done
      """
    try CommandSweepTests().write(CommandSweepTests.sweep(trials: 1), script: script, in: assay)
    let running = try assay.start(
      "sweep", "run", "sweep.yaml", "--shard", "1/1", "--quiet", "--copy-every", "0.1",
      "--scratch", ".")
    let name = "sweep-1-of-1.part-runs"
    let folder = assay.directory.url.appending(path: "shards")
    /// Whether there are copies of a checkpoint of four epochs that no database goes with yet.
    func isBetween() -> Bool {
      let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return found.filter { $0.hasPrefix(name + ".new-") }.contains { copies in
        let files = FileManager.default.enumerator(atPath: folder.path + "/" + copies)
        return files?.compactMap { $0 as? String }.contains { file in
          let text = try? String(
            contentsOf: folder.appending(path: "\(copies)/\(file)"), encoding: .utf8)
          return file.hasSuffix("/epochs") && text == "0\n1\n2\n3\n"
        } ?? false
      }
    }
    try waitUntil("copies of a checkpoint", of: running) { isBetween() }
    running.send(SIGKILL)
    _ = try running.wait()
    let copy = folder.appending(path: "sweep-1-of-1.part").path
    let seen =
      FileManager.default.fileExists(atPath: folder.appending(path: name).path)
      ? try assay.ask("SELECT count(*) FROM metrics;", of: copy) : "none\n"
    try assay.write("", to: "go")
    let again = try assay.run(shard("1/1"))
    #expect(again.status == 0, "\(again.error)")
    #expect(
      try assay.ask(
        "SELECT step FROM metrics ORDER BY step;", of: "shards/sweep-1-of-1.db")
        == (0..<8).map { "\($0)\n" }.joined(), "beside a checkpoint there were \(seen)")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.sorted() == ["sweep-1-of-1.db", "sweep-1-of-1.json"])
  }

  @Test("of two processes with one shard, the one that began last goes on")
  func twins() throws {
    let script = """
      touch logs/begun-$ASSAY_TRIAL-$$
      while ! [ -e go ]; do sleep 0.01; done
      echo '{"metrics": {"loss": 1}, "step": 0}' >> "$ASSAY_EVENTS"
      """
    try CommandSweepTests().write(
      CommandSweepTests.sweep(trials: 2, more: "grace: 1"), script: script, in: assay)
    func begun() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("logs")).count
    }
    let words = shard("1/1", "--copy-every", "0.1")
    func start() throws -> RunningProgram {
      try TestSupport.start(Assay.executable ?? "assay", words, in: assay.directory.url)
    }
    let first = try start()
    try waitUntil("the first process's command", of: first) { try begun() == 1 }
    let second = try start()
    let superseded = try first.wait()
    #expect(superseded.status == 0)
    #expect(superseded.error.contains("another process has begun it anew"), "\(superseded.error)")
    try assay.write("", to: "go")
    let result = try second.wait()
    #expect(result.status == 0, "\(result.error)")
    let query = "SELECT number, value FROM trial_values ORDER BY number;"
    #expect(try assay.ask(query, of: "shards/sweep-1-of-1.db") == "0|1.0\n1|1.0\n")
  }

  @Test("stages that trials share are computed once where the first trial goes first")
  func stagesFirst() throws {
    try assay.write(
      Assay.configuration.replacing("jsma: {gamma: 0.03}", with: "jsma: null"), to: "study.yaml")
    try assay.write(
      """
      configuration: study.yaml
      space: {measurement.passes: [4, 5]}
      sampler: grid
      objective: {query: detection_score}
      budget: 2
      """, to: "sweep.yaml")
    for number in ["0/2", "1/2", "2/2"] {
      let result = try assay.run(shard(number))
      #expect(result.status == 0, "\(result.error)")
    }
    let trainings = """
      SELECT count(*), max(executions) FROM runs WHERE kind = 'train';
      """
    try assay.succeed(
      "db", "merge", "all.db", "shards/sweep-0-of-2.db", "shards/sweep-1-of-2.db",
      "shards/sweep-2-of-2.db")
    #expect(try assay.ask(trainings, of: "all.db") == "1|1\n")
    #expect(
      try assay.ask("SELECT number, computed FROM trial_runs WHERE kind = 'train';", of: "all.db")
        == "0|1\n1|0\n")
    #expect(try assay.ask("SELECT count(*) FROM trial_values;", of: "all.db") == "2\n")
  }

  @Test("what cannot be divided is refused with the way out")
  func refusals() throws {
    try CommandSweepTests().write(CommandSweepTests.sweep(trials: 2), in: assay)
    let sweep = try assay.text("sweep.yaml")
    try assay.write(sweep.replacing("halton", with: "tpe"), to: "learning.yaml")
    try assay.write(sweep + "pruner: {median: {}}\n", to: "pruned.yaml")
    let cases: [(words: [String], status: Int32, text: String)] = [
      (["learning.yaml", "--shard", "1/2"], 64, "tpe, learns from all finished trials"),
      (["pruned.yaml", "--shard", "1/2"], 64, "leave the pruner out"),
      (["pruned.yaml", "--slurm"], 64, "leave the pruner out"),
      (["sweep.yaml", "--shard", "3/2"], 64, "'3/2'"),
      (["sweep.yaml", "--shard", "1/2", "--slurm"], 64, "--shard or --slurm, not both"),
      (["sweep.yaml", "--partition", "gpu"], 64, "--partition needs --slurm"),
      (["sweep.yaml", "--shard", "1/2", "--copy-every", "0"], 64, "--copy-every"),
    ]
    for (words, status, text) in cases {
      let result = try assay.run(["sweep", "run"] + words)
      #expect(result.status == status, "\(words): \(result.error)")
      #expect(result.error.contains(text), "\(words): \(result.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("shards")))
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
    // Another sweep of the same name has its shards elsewhere.
    try assay.write(
      "echo '{\"metrics\": {\"loss\": 1}, \"step\": 0}' >> \"$ASSAY_EVENTS\"", to: "train.sh")
    #expect(try assay.run(shard("1/2")).status == 0)
    try assay.write(sweep.replacing("1000]", with: "999]"), to: "sweep.yaml")
    let other = try assay.run(shard("1/2"))
    #expect(other.status == 65 && other.error.contains("is of another sweep"), "\(other.error)")
  }

  @Test("a directory that cannot be used is named with the reason")
  func unusableDirectories() throws {
    try CommandSweepTests().write(CommandSweepTests.sweep(trials: 2), in: assay)
    try assay.write("no directory", to: "file")
    let none = "cannot be written: "
    for (words, text) in [
      (["--shards", "file"], "/file \(none)it is not a directory"),
      (["--shards", "file/shards"], "/file \(none)it is not a directory"),
      (["--shards", "/dev/null/shards"], "/dev/null \(none)it is not a directory"),
      (["--scratch", "file"], "/file \(none)it is not a directory"),
    ] {
      let result = try assay.run(shard("1/2") + words)
      #expect(result.status == 74, "\(words): \(result.error)")
      #expect(result.error.contains(text), "\(words): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1, "\(words): \(result.error)")
    }
  }
}
