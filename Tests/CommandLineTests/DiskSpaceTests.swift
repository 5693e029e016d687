import Foundation
import SQLite
import TestSupport
import Testing

/// What takes room on the disk, and how it is given back.
@Suite(.startsPrograms) struct DiskSpaceTests {
  /// Three finished runs of commands with a checkpoint each, and one that is interrupted.
  private func runsWithCheckpoints() throws -> Assay {
    let assay = try Assay(copyOf: .importedRuns)
    var statements = ""
    for (number, accuracy) in [0.7, 0.9, 0.8, 0.95].enumerated() {
      let (run, blob) = (number + 101, number + 201)
      let size = 100_000 + number
      statements += """
        INSERT INTO run (id, uuid, kind, name, state, configuration, created_ms, token) VALUES
          (\(run), printf('%08x-0000-4000-8000-000000000000', \(run)), 'program', 'p\(number)',
           'running', '{}', 1700000000000, 't\(number)');
        INSERT INTO metric VALUES (\(run), 'accuracy', 0, \(accuracy), 0), (\(run), 'accuracy', 1, 0.1, 0);
        INSERT INTO blob VALUES (
          \(blob), lower(hex(sha3(zeroblob(\(size))))), \(size), zeroblob(\(size)));
        INSERT INTO artifact VALUES (\(run), 'checkpoint/model', \(blob), 'x/y', 0);
        UPDATE run SET state = iif(\(number) = 3, 'interrupted', 'finished'), token = NULL,
          finished_ms = iif(\(number) = 3, NULL, 1700000001000) WHERE id = \(run);

        """
    }
    // The shell has sha3 with its own functions; contents are checked by SHA-256 elsewhere.
    _ = try assay.ask(statements)
    return assay
  }

  private func checkpoints(of assay: Assay) throws -> String {
    try assay.ask(
      "SELECT group_concat(name) FROM (SELECT runs.name FROM artifacts JOIN runs USING (run)"
        + " WHERE artifact = 'checkpoint/model' ORDER BY runs.name);"
    ).trimmingCharacters(in: .newlines)
  }

  @Test("checkpoints of all but the best finished runs go, and what they were stays known")
  func checkpointPolicy() throws {
    let assay = try runsWithCheckpoints()
    let words = ["db", "prune", "--checkpoints", "best:1", "--by", "accuracy"]
    let planned = try assay.run(words + ["--dry-run", "--format", "jsonl"])
    #expect(planned.status == 0, "\(planned.error)")
    #expect(planned.output.split(separator: "\n").count == 2)
    #expect(try checkpoints(of: assay) == "p0,p1,p2,p3")
    let done = try assay.run(words)
    #expect(done.status == 0 && done.output.contains("200 kB dropped."), "\(done.output)")
    // The best accuracy of p1 is 0.9, though its last one is 0.1; p3 may be resumed.
    #expect(try checkpoints(of: assay) == "p1,p3")
    #expect(try assay.ask("SELECT count(*) FROM dropped_artifact;") == "2\n")
    #expect(try assay.run(words).output == "nothing dropped\n")
    let least = try assay.run(words + ["--minimise"])
    #expect(least.status == 0 && least.output.contains("p1") == false)
    #expect(try assay.run("db", "prune").status == 64)
    #expect(try assay.run("db", "prune", "--checkpoints", "best:2").status == 64)
    #expect(
      try assay.run("db", "prune", "--checkpoints", "best:2", "--by", "acuracy").error.contains(
        "did you mean accuracy?"))
  }

  @Test("what no run has is found and removed, and directories that are needed stay")
  func orphans() throws {
    let assay = try runsWithCheckpoints()
    _ = try assay.ask("DELETE FROM artifact WHERE run_id = 101;")
    let old = Date(timeIntervalSinceNow: -7200)
    func directory(_ run: String, isOld: Bool = true) throws {
      let path = assay.directory.path("assay.db-runs/\(run)")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/events-1.jsonl"))
      if isOld {
        try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
      }
    }
    let (gone, fresh) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
    let resumable = "00000068-0000-4000-8000-000000000000"
    try directory(gone)
    try directory(fresh, isOld: false)
    try directory(resumable)
    let planned = try assay.succeed("db", "prune", "--orphans", "--dry-run", "--format", "csv")
    #expect(planned.output.contains(gone) && !planned.output.contains(resumable))
    #expect(!planned.output.contains(fresh) && planned.output.contains("content,"))
    try assay.succeed("db", "prune", "--orphans")
    let left = try FileManager.default.contentsOfDirectory(
      atPath: assay.directory.path("assay.db-runs"))
    #expect(Set(left) == [fresh, resumable])
    #expect(try assay.ask("SELECT count(*) FROM blob WHERE id = 201;") == "0\n")
  }

  @Test("the usage adds up to the file, by content, kind and run")
  func usage() throws {
    let assay = try Assay(copyOf: .study)
    try assay.succeed("db", "usage")
    let contents = try assay.succeed("db", "usage", "--format", "csv").output
      .split(separator: "\r\n").dropFirst().map { $0.split(separator: ",") }
    let sizes = Dictionary(
      contents.compactMap { row in Int(row[row.count - 1]).map { (String(row[0]), $0) } }
    ) { first, _ in first }
    let file = try #require(sizes["the file"])
    #expect(sizes.filter { $0.key != "the file" }.reduce(0) { $0 + $1.value } == file)
    #expect(try assay.data("assay.db").count == file)
    #expect(try #require(sizes["pixels"]) > file / 4)
    for part in ["kind", "run"] {
      let rows = try assay.succeed("db", "usage", "--by", part, "--format", "jsonl").output
      #expect(rows.contains("\"pixel_bytes\": ") && rows.contains("attack"))
    }
  }

  @Test("a file that somebody reads keeps its size, and the exit code says to try again")
  func busy() throws {
    let assay = try Assay(copyOf: .study)
    let reader = try Connection(path: assay.directory.path("assay.db"), mode: .readOnly)
    try assay.succeed("runs", "delete", "--with-descendants", try assay.onlyRun("train"))
    try reader.snapshot {
      _ = try reader.query("SELECT count(*) FROM run")
      let result = try assay.run("db", "vacuum")
      #expect(result.status == 75, "\(result.error)")
      #expect(result.error.contains("is in use by another program"))
    }
    try assay.succeed("db", "vacuum")
  }

  @Test(
    "without room for a second copy nothing is rebuilt",
    .enabled(if: geteuid() == 0, "needs root, who alone may mount a disk"))
  func full() throws {
    let assay = try Assay(copyOf: .study)
    let size = try assay.data("assay.db").count / 1024
    let script = """
      mkdir disk && mount -t tmpfs -o size=\(size * 3 / 2)k tmpfs disk && cp assay.db disk || exit 1
      trap 'umount disk' EXIT
      '\(try #require(Assay.executable))' db vacuum --db disk/assay.db
      """
    let result = try TestSupport.run(
      "unshare", ["-m", "sh", "-c", script], in: assay.directory.url)
    #expect(result.status == 74 && result.error.contains("that its disk does not have"))
  }
}
